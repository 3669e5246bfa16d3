
# Only on a bucket that has no other rules: what deletes files is not for a script to put together.
set_lifecycle() {
  if answer=$(aws s3api get-bucket-lifecycle-configuration --bucket "$1" 2>&1); then
    query="length(Rules[?$lifecycle_others])"
    if [ "$(aws s3api get-bucket-lifecycle-configuration --bucket "$1" --output json --query "$query")" != 0 ]; then
      fail "$1 has lifecycle rules of its own, and keeps them. Add these to them:" "$lifecycle_configuration"
    fi
  else
    case $answer in
      *'(NoSuchLifecycleConfiguration)'*) ;;
      *) fail "$answer" ;;
    esac
  fi
  aws s3api put-bucket-lifecycle-configuration --bucket "$1" --lifecycle-configuration "$lifecycle_configuration" >/dev/null
  say "Set the lifecycle configuration of $1."
}

if [ "$lifecycle" = yes ]; then
  for bucket in "$@"; do set_lifecycle "$bucket"; done
fi
