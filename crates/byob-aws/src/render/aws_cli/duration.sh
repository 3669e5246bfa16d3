aws iam update-role --role-name "$role" --max-session-duration "$max_session_duration" >/dev/null
say "Allowed sessions of $max_session_duration seconds."
