// Asks `@cloud-copilot/iam-simulate` what policies allow. One JSON object a line, both ways, until standard input closes:
//
//   {"policy": 0, "document": {...}}
//   {"ask": 0, "principal": "arn:...", "policies": [0], "boundary": 1, "of_resource": 2, "action": "...", "resource": "arn:...", "account": "...", "context": {...}}
//
// The first is answered by nothing, the second by
//
//   {"ask": 0, "result": "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied", "by": [sids that decided], "ignored": [keys that AWS does not have for the action]}
//   {"ask": 0, "error": "..."}
//
// Lines that no program wrote are an error of whoever sent them, and end this one.

import { createInterface } from 'node:readline'

import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy
} from '@cloud-copilot/iam-policy'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const policies = new Map()

/** A policy is read and checked once: to do so with every question takes longer than to answer it. */
function learn({ policy, document }) {
  policies.set(policy, { document, checked: new Map() })
}

function checked(id, how) {
  const { document, checked: found } = policies.get(id)
  if (!found.has(how)) {
    found.set(how, createValidatedPolicy(document, how, { name: String(id) }))
  }
  return found.get(how)
}

const identity = (id) => ({ name: String(id), policy: checked(id, validateIdentityPolicy) })

function ofResource(asked) {
  if (asked.of_resource === null) {
    return undefined
  }
  const trust = asked.action.startsWith('sts:')
  return checked(asked.of_resource, trust ? validateTrustPolicy : validateResourcePolicy)
}

async function answer(asked) {
  const response = await runSimulation(
    {
      request: {
        principal: asked.principal,
        action: asked.action,
        resource: { resource: asked.resource, accountId: asked.account },
        contextVariables: asked.context
      },
      identityPolicies: asked.policies.map(identity),
      permissionBoundaryPolicies: asked.boundary === null ? undefined : [identity(asked.boundary)],
      resourcePolicy: ofResource(asked),
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    { simulationMode: 'Strict' }
  )
  if (response.resultType === 'error') {
    return { error: JSON.stringify(response.errors) }
  }
  if (response.resultType !== 'single') {
    return { error: `asked of more than one resource: ${asked.resource}` }
  }
  const { analysis, ignoredContextKeys } = response.result
  const denied = response.overallResult === 'ExplicitlyDenied'
  const kind = denied ? 'denyStatements' : 'allowStatements'
  const all = [analysis.identityAnalysis, analysis.permissionBoundaryAnalysis, analysis.resourceAnalysis]
  const decided = all.flatMap((each) => each?.[kind] ?? [])
  const by = decided.map((each) => each.statement.sid() ?? `statement ${each.statement.index()}`)
  return { result: response.overallResult, by, ignored: ignoredContextKeys ?? [] }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  if ('policy' in asked) {
    learn(asked)
    continue
  }
  const told = await answer(asked).catch((error) => ({ error: String(error) }))
  process.stdout.write(`${JSON.stringify({ ask: asked.ask, ...told })}\n`)
}
