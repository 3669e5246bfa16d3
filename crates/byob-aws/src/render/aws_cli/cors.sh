
# Puts our rules before those that the bucket has.
set_cors() {
  if answer=$(aws s3api get-bucket-cors --bucket "$1" 2>&1); then
    query="length(CORSRules[?contains(\`$cors_rules\`, @)])"
    if [ "$(aws s3api get-bucket-cors --bucket "$1" --output json --query "$query")" = "$cors_count" ]; then
      say "The CORS configuration of $1 is as it should be."
      return
    fi
    backup="cors-of-$1-before-$(date -u +%Y%m%dT%H%M%SZ).json"
    aws s3api get-bucket-cors --bucket "$1" --output json >"$backup"
    say "The CORS configuration of $1 changes. What it was is in $backup:" "$(cat "$backup")"
    query="{CORSRules: [\`$cors_rules\`, CORSRules[?$cors_others]][]}"
    configuration=$(aws s3api get-bucket-cors --bucket "$1" --output json --query "$query")
  else
    case $answer in
      *'(NoSuchCORSConfiguration)'*) configuration="{\"CORSRules\": $cors_rules}" ;;
      *) fail "$answer" ;;
    esac
  fi
  aws s3api put-bucket-cors --bucket "$1" --cors-configuration "$configuration"
  say "Set the CORS configuration of $1."
}

if [ "$cors" = yes ]; then
  for bucket in "$@"; do set_cors "$bucket"; done
fi
