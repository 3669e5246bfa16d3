
aws iam get-role --role-name "$role" --query Role.Arn --output text
