
allowed=$(aws iam get-role --role-name "$role" --query Role.MaxSessionDuration --output text)
if [ "$allowed" -lt "$max_session_duration" ]; then
  aws iam update-role --role-name "$role" --max-session-duration "$max_session_duration" >/dev/null
  say "Allowed sessions of $max_session_duration seconds."
fi
