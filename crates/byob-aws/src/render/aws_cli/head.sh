#!/bin/sh
# Makes the role that lets BYOB use buckets of this account, or updates it: run it again after every change.
#
# It needs the AWS CLI, version 1 or 2, with credentials of an administrator of the account that the buckets belong to.
# AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL and the CLI's other settings work as usual.
# The role's ARN is all that it writes to standard output; it is what to give to BYOB.
