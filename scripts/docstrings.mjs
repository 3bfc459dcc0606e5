// Reads the docstrings of interface members: what editors show, as data. TypeScript 7 has no interface for
// programs, and TypeDoc takes 20 seconds.

/** The members of every interface of that name. */
export function membersOf(sources, interfaceName) {
  const head = new RegExp(`^export interface ${interfaceName}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'gm')
  return sources.flatMap(source =>
    [...source.matchAll(head)].flatMap(([, body = '']) => membersIn(body)),
  )
}

const member =
  /((?:^ {2}\/\*\*[\s\S]*?\*\/\n)?)^ {2}(?:readonly )?(\w+)(\?)?: ([\s\S]*?)(?=\n(?: {2}\S|\s*$))/gm

function membersIn(body) {
  return [...`${body}\n`.matchAll(member)].map(([, comment = '', name = '', mark, type = '']) => ({
    name,
    isOptional: mark === '?',
    type: type
      .replace(/\s+/g, ' ')
      .replace(/ \| undefined$/, '')
      .replace(/^\((.*)\)$/, '$1')
      .trim(),
    ...docstring(comment),
  }))
}

/** Text, default, unit or range, error codes and example of a `/** … *\/` comment. */
export function docstring(comment) {
  const lines = comment
    .replace(/^\s*\/\*\*/, '')
    .replace(/\*\/\s*$/, '')
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, '').trimEnd())
  const [prose = '', ...tagged] = lines
    .join('\n')
    .split(/(?=@(?:default|throws|example|param|returns|see)\b)/)
  const tags = tagged.map(text => {
    const [, tag = '', rest = ''] = /^@(\w+)\s*([\s\S]*)$/.exec(text) ?? []
    return { tag, rest: rest.trim() }
  })
  const of = wanted => tags.filter(({ tag }) => tag === wanted).map(({ rest }) => rest)
  const defaultText = flowing(withoutSource(of('default')[0] ?? ''))
  const unit = /(?:^|\s)(?:Unit|Range): ([^.]*(?:\.\d[^.]*)*)\.?/.exec(prose)
  return {
    text: flowing(withoutSource(unit === null ? prose : prose.replace(unit[0], ''))),
    defaultValue: defaultText === '' ? undefined : codeSpan(defaultText),
    unit: unit === null ? undefined : flowing(unit[1]),
    codes: [
      ...new Set(
        of('throws').flatMap(rest =>
          [...rest.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, code]) => code),
        ),
      ),
    ],
    example: of('example')[0]?.replace(/^```\w*\n|\n?```$/g, ''),
  }
}

/** Where a fact comes from interests the reader of the source alone. */
const withoutSource = text => text.replace(/\n?Source:[\s\S]*$/, '')

const flowing = text =>
  text
    .split(/\n{2,}/)
    .map(paragraph => paragraph.replace(/\s*\n\s*/g, ' ').trim())
    .filter(paragraph => paragraph !== '')
    .join('\n\n')

/** A literal, such as `'auto'` or `8`, as code; a sentence stays a sentence. */
const codeSpan = text =>
  /^('[^']*'|[\d_.]+|true|false)$/.test(text) ? `\`${text}\`` : text.replace(/\.$/, '')
