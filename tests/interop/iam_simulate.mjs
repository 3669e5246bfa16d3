// Asks @cloud-copilot/iam-simulate: a line of JSON in, a line of JSON out, in the form of `byob policy evaluate --jsonl`.
// The first argument is the folder that it is installed in.

import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(`${process.argv[2]}/package.json`)
const { anonymousPrincipal, runSimulation } = require('@cloud-copilot/iam-simulate')

const DECISIONS = {
  Allowed: 'allowed',
  ImplicitlyDenied: 'implicitly_denied',
  ExplicitlyDenied: 'explicitly_denied'
}

async function decide(question) {
  const { principal, action, resource, resource_account, context } = question
  const answer = await runSimulation(
    {
      request: {
        principal: principal ?? anonymousPrincipal,
        action,
        resource: { resource, accountId: resource_account },
        contextVariables: context
      },
      identityPolicies: question.identity_policies.map((policy, i) => ({ name: `${i}`, policy })),
      resourcePolicy: question.resource_policy ?? undefined,
      sessionPolicy: question.session_policy ?? undefined,
      permissionBoundaryPolicies: question.permission_boundary
        ? [{ name: 'boundary', policy: question.permission_boundary }]
        : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    {}
  )
  if (answer.resultType !== 'single') throw new Error(JSON.stringify(answer.errors ?? answer.resultType))
  // It drops keys that it does not know for the action. A question with such a key would ask it something else than it asks byob.
  const dropped = answer.result.ignoredContextKeys ?? []
  if (dropped.length > 0) throw new Error(`unknown condition keys: ${dropped}`)
  return { decision: DECISIONS[answer.overallResult] }
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer
  try {
    answer = await decide(JSON.parse(line))
  } catch (error) {
    answer = { error: `${error}` }
  }
  console.log(JSON.stringify(answer))
}
