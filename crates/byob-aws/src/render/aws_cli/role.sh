
command -v aws >/dev/null 2>&1 || fail 'The AWS CLI is missing: https://docs.aws.amazon.com/cli/'

if answer=$(aws iam create-role --role-name "$role" --description "$description" \
  --assume-role-policy-document "$trust_policy" 2>&1); then
  aws iam wait role-exists --role-name "$role"
  say "Made the role $role."
else
  case $answer in
    *'(EntityAlreadyExists)'*) ;;
    *) fail "$answer" ;;
  esac
  aws iam update-assume-role-policy --role-name "$role" --policy-document "$trust_policy"
  say "The role $role is there already; set its trust policy."
fi
aws iam put-role-policy --role-name "$role" --policy-name "$policy_name" --policy-document "$access_policy"
say "Set its access policy."
