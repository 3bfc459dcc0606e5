// The reference of the public interface, by TypeDoc, into reference/: from the documents that editors show.
// A warning (a name without a document, a type that is not exported, a dead link) is an error.
//
//   node scripts/reference.mjs            writes reference/index.html
//   node scripts/reference.mjs --check    only looks

import { runTool } from './tools.mjs'

const checkOnly = process.argv.includes('--check')
process.exitCode = runTool('typedoc/bin/typedoc', ...(checkOnly ? ['--emit', 'none'] : []))
