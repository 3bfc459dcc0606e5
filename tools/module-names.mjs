// Names each module of the reference as it is imported: `ossup`, `ossup/server`. TypeDoc would show paths of
// the sources. package.json says which file each subpath leads to.

import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Converter, ReflectionKind } from 'typedoc'

const root = fileURLToPath(new URL('..', import.meta.url))
const { name, exports } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

/** The types of an export, also below conditions such as `import`. */
function typesOf(target) {
  if (typeof target !== 'object') return undefined
  return target.types ?? Object.values(target).map(typesOf).find(Boolean)
}

/** `src/server/index.ts` → `ossup/server`. */
const importNames = new Map(
  Object.entries(exports).flatMap(([subpath, target]) => {
    const types = typesOf(target)
    if (typeof types !== 'string') return []
    return [[types.replace('./dist/', 'src/').replace('.d.ts', '.ts'), subpath.replace('.', name)]]
  }),
)

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      const [source] = module.sources ?? []
      const file = relative(root, source?.fullFileName ?? '')
        .split(sep)
        .join('/')
      const importName = importNames.get(file)
      if (importName === undefined) throw new Error(`No export leads to ${file}`)
      module.name = importName
    }
  })
}
