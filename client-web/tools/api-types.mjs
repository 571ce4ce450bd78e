// Writes src/core/api/generated/schema.ts from the document that describes the REST interface. Where the server's
// document says less than its code, the table below says what is meant; every other type is the document's own.
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { format, resolveConfig } from 'prettier'

const document = new URL('../../server/openapi.json', import.meta.url)
const schema = new URL('../src/core/api/generated/schema.ts', import.meta.url)

/** Types that the WebSocket speaks too: the document leaves them to the protocol's own generated files. */
const OF_THE_PROTOCOL = {
  'CaseLineView.state': 'CaseState',
  'CaseView.0': 'CaseBrief',
  'ConsentQuestion.purpose': 'ConsentPurpose',
  'Enrolled.site': 'SiteView',
  'HandoffStory.0': 'HandoffBrief',
  'HandoffView.case_state': 'CaseState',
  'HandoffView.materials[]': 'MaterialView',
  'Me.languages[]': 'Spoken',
  'NewHandoff.to': 'HandoffTarget',
  'PageConfig.demo_sites[]': 'SiteView',
}

/** Types of the rules of cases, of which the document tells nothing but `object` or `string`: src/core/api/rules.ts. */
const OF_THE_RULES = {
  'AcceptanceView.basis': 'Basis',
  'AcceptanceView.deadlines': 'Deadlines',
  'CaseLineView.intake_clock': 'IntakeClock',
  'IntakeView.blocked[]': 'Blocked',
  'IntakeView.clock': 'IntakeClock',
  'MayTakeView.why': 'WhyNot',
  'NonAcceptanceView.ground': 'Ground',
  'TimelineRow.actor': 'Actor',
  'TimelineRow.facts': 'Facts',
  'TimelineRow.kind': 'TimelineKind',
}

const named = { ...OF_THE_PROTOCOL, ...OF_THE_RULES }
const unused = new Set(Object.keys(named))
const MARK = 'x-type'

function fail(what) {
  console.error(`${document.pathname}: ${what}`)
  process.exit(1)
}

/** Marks every schema that the table names, and makes optional, not nullable, what the server leaves out. */
function walk(node, place) {
  const type = named[place]
  if (type) {
    unused.delete(place)
    node[MARK] = type
  } else if (isBare(node))
    fail(`${place} is an object of unknown shape: name its type in tools/api-types.mjs`)
  node.allOf?.forEach((part, n) => walk(part, part.properties ? place : `${place}.${n}`))
  if (node.items) walk(node.items, `${place}[]`)
  for (const [name, property] of Object.entries(node.properties ?? {})) {
    if (!node.required?.includes(name)) withoutNull(property)
    walk(property, `${place}.${name}`)
  }
}

/** An object of which nothing is said. */
function isBare(node) {
  const types = [node.type].flat()
  return types.includes('object') && !node.properties && !node.allOf && !node.additionalProperties
}

/** utoipa calls every `Option` nullable; those that need not be there are left out instead (`skip_serializing_if`). */
function withoutNull(node) {
  if (Array.isArray(node.type)) {
    const types = node.type.filter((type) => type !== 'null')
    node.type = types.length === 1 ? types[0] : types
  }
  if (node.oneOf) node.oneOf = node.oneOf.filter((one) => one.type !== 'null')
}

/** Ids of operations must be unique, or types of the same name overwrite each other; and no query can say null. */
function walkOperations(paths) {
  const seen = new Set()
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    if (seen.has(operation.operationId)) fail(`operationId ${operation.operationId} is not unique`)
    seen.add(operation.operationId)
    for (const parameter of operation.parameters ?? []) withoutNull(parameter.schema)
  }
}

const imports = (types, from) =>
  `import type { ${[...new Set(Object.values(types))].join(', ')} } from '${from}'\n`

const told = JSON.parse(readFileSync(document, 'utf8'))
walkOperations(told.paths)
for (const [name, one] of Object.entries(told.components.schemas)) walk(one, name)
if (unused.size > 0) fail(`nothing is called ${[...unused].join(', ')} (tools/api-types.mjs)`)

const nodes = await openapiTS(told, {
  transform: (node) => node[MARK] && ts.factory.createTypeReferenceNode(node[MARK]),
})
const text = [
  '// Written by `npm run generate` from server/openapi.json: not by hand.\n',
  imports(OF_THE_PROTOCOL, '../../protocol'),
  imports(OF_THE_RULES, '../rules'),
  '\n',
  astToString(nodes),
].join('')
const style = await resolveConfig(schema)
writeFileSync(schema, await format(text, { ...style, parser: 'typescript' }))
