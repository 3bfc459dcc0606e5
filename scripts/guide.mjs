// Fills the generated sections of docs/guide from the sources: options from the docstrings that editors show,
// commands from their own help. A section lies between `<!-- begin NAME -->` and `<!-- end -->`.
//
//   npm run guide           writes the pages
//   npm run guide -- --check

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { membersOf } from './docstrings.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The pages as they should be, by path. `cli` is what scripts/guide-commands.ts exports. */
export function guidePages(cli) {
  const sources = readSources()
  const sections = {
    ...Object.fromEntries(
      Object.entries(optionTables).map(([name, interfaces]) => [
        `options ${name}`,
        optionEntries(interfaces.flatMap(each => membersOf(sources, each))),
      ]),
    ),
    commands: commandEntries(cli),
    'common flags': flagList(cli.commonFlags),
    'exit codes': exitCodeTable(cli.exitCodes),
  }
  const folder = join(root, 'docs', 'guide')
  const pages = readdirSync(folder).filter(name => name.endsWith('.md'))
  return new Map(
    pages.map(name => [
      `docs/guide/${name}`,
      filled(readFileSync(join(folder, name), 'utf8'), sections),
    ]),
  )
}

/** Sections of options.md: which interfaces of the sources each one shows. */
const optionTables = {
  UploadOptions: ['UploadOptions', 'AttemptOptions', 'CheckpointFolder', 'NodeUploadOptions'],
  UploadFilesOptions: ['BatchOptions', 'UploadFilesOptions'],
  BucketOptions: ['AddressOptions', 'BucketOptions'],
  NetworkOptions: ['NetworkOptions'],
  DownloadOptions: ['ReadOptions', 'AttemptOptions', 'DownloadOptions'],
  VerifyOptions: ['VerifyOptions'],
  ServeOptions: ['ServeOptions'],
}

function filled(page, sections) {
  return page.replace(/(<!-- begin (.+?) -->\n)[\s\S]*?(<!-- end -->)/g, (_, begin, name, end) => {
    if (!Object.hasOwn(sections, name)) throw new Error(`There is no section '${name}'`)
    return `${begin}\n${sections[name]}\n\n${end}`
  })
}

function readSources() {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => readFileSync(join(root, 'src', name), 'utf8'))
}

/** The last declaration of a name wins: a runtime's interface describes an option more exactly. */
function unique(members) {
  return [...new Map(members.map(member => [member.name, member])).values()]
}

function optionEntries(members) {
  return unique(members)
    .map(({ name, type, text, defaultValue, unit, codes, example }) => {
      const facts = [`\`${type}\``, unit, defaultValue && `default: ${defaultValue}`]
      const failures = codes.map(code => `[\`${code}\`](errors.md#${code.toLowerCase()})`)
      return [
        `### \`${name}\``,
        facts.filter(Boolean).join(' · '),
        text && linked(text),
        failures.length > 0 && `Errors: ${failures.join(', ')}`,
        example && `\`\`\`ts\n${example}\n\`\`\``,
      ]
        .filter(Boolean)
        .join('\n\n')
    })
    .join('\n\n')
}

/** Docstrings name pages by their path in the repository. */
function linked(text) {
  return text
    .replace(/ \(docs\/internals\/[\w./-]+\)/g, '')
    .replace(/docs\/guide\/([\w-]+)\.md/g, '[$1]($1.md)')
}

function commandEntries({ commands, commonFlags }) {
  return commands
    .map(({ name, summary, command }) => {
      // `serve` has some of the common flags, with a meaning of its own.
      const usesCommon = Object.keys(commonFlags).every(flag => Object.hasOwn(command.flags, flag))
      const own = Object.entries(command.flags).filter(
        ([flag]) => !usesCommon || !Object.hasOwn(commonFlags, flag),
      )
      return [
        `### ossup ${name}`,
        `${sentence(summary)}.`,
        `\`\`\`text\n${[
          ...command.examples.map(([line, what]) => (what ? `${line}  # ${what}` : line)),
          '',
          ...command.usage.map(line => `ossup ${line}`),
        ].join('\n')}\n\`\`\``,
        command.details?.map(asMarkdown).join('\n\n'),
        own.length > 0 && flagList(Object.fromEntries(own)),
        usesCommon && 'It also takes the [common flags](#common-flags).',
      ]
        .filter(Boolean)
        .join('\n\n')
    })
    .join('\n\n')
}

function flagList(flags) {
  return Object.entries(flags)
    .map(([name, { placeholder, short, help, many }]) => {
      const spelled = `${short ? `-${short}, ` : ''}--${name}${placeholder ? ` ${placeholder}` : ''}`
      return `- \`${spelled}\`: ${asMarkdown(help)}${many ? '; may be repeated' : ''}`
    })
    .join('\n')
}

function exitCodeTable(exitCodes) {
  return [
    '| exit code | meaning |',
    '| --- | --- |',
    ...Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${meaning} |`),
  ].join('\n')
}

/** Help is plain text: words that Markdown would read as markup become code, and indented lines become a block. */
function asMarkdown(text) {
  return linked(text)
    .replace(
      /(^|[\s(])([~\w./-]*[*<>][\w./*<>-]*|oss:\/\/[\w/.-]+|--[\w-]+)(?=[\s,.;:)]|$)/g,
      '$1`$2`',
    )
    .replace(/\.`/g, '`.')
}

const sentence = text => text.charAt(0).toUpperCase() + text.slice(1)

/** Loads the TypeScript of the command, without a build. */
export async function loadCommands() {
  const { build } = await import('esbuild')
  const folder = mkdtempSync(join(tmpdir(), 'ossup-guide-'))
  try {
    const outfile = join(folder, 'commands.mjs')
    await build({
      entryPoints: [join(root, 'scripts', 'guide-commands.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const stale = [...guidePages(await loadCommands())].filter(
    ([path, text]) => readFileSync(join(root, path), 'utf8') !== text,
  )
  if (process.argv.includes('--check')) {
    for (const [path] of stale) console.error(`${path} is not up to date: run npm run guide`)
    process.exitCode = stale.length === 0 ? 0 : 1
  } else {
    for (const [path, text] of stale) {
      writeFileSync(join(root, path), text)
      console.log(`${path} written`)
    }
  }
}
