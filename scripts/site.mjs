// Builds the documentation site into site/dist: the pages of docs/, the API reference from the docstrings,
// and the first pages of site/pages. Links of the pages are those of the repository, and are translated here.
//
//   npm run site               builds
//   npm run site -- --dev      serves it, without the reference, and follows changes after a restart
//   npm run site -- --preview  serves what was built

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { root } from './setup.mjs'
import { installTools, runTool } from './tools.mjs'

const site = join(root, 'site')
/** The files that VitePress reads, created for each build. */
const source = join(site, '.source')
const args = process.argv.slice(2)

if (args.includes('--preview')) {
  process.exitCode = vitepress('preview')
} else {
  collect()
  process.exitCode = args.includes('--dev') ? vitepress('dev') : reference() || vitepress('build')
}

function collect() {
  rmSync(source, { recursive: true, force: true })
  cpSync(join(site, 'pages'), source, { recursive: true })
  for (const page of pagesBelow('docs')) put(page.replace(/^docs\//, ''), translated(read(page)))
  for (const [language, name] of [
    ['zh', 'zh-CN'],
    ['ja', 'ja'],
  ]) {
    const from = join(source, 'guide', name, 'getting-started.md')
    put(`${language}/guide/getting-started.md`, inLanguage(readFileSync(from, 'utf8')))
    rmSync(dirname(from), { recursive: true })
  }
  for (const name of readdirSync(join(root, 'examples'))) put(`examples/${name}.md`, example(name))
  put('changelog.md', translated(read('CHANGELOG.md')))
  cpSync(join(root, 'docs', 'images'), join(source, 'public', 'images'), { recursive: true })
}

function pagesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join(folder, name).replaceAll('\\', '/'))
}

function read(path) {
  return readFileSync(join(root, path), 'utf8')
}

/** GitHub shows README.md for a folder, a web server index.html. */
function put(path, text) {
  const target = join(source, path.replace(/README\.md$/, 'index.md'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
}

function translated(text) {
  return (
    text
      // The site has a menu of languages.
      .replace(/^(?=.*English)(?=.*日本語).*\n\n/m, '')
      .replace(/\]\(((?:[^)#]*\/)?)README\.md/g, ']($1index.md')
      .replace(/\]\(\.\.\/\.\.\/examples\/([\w-]+\.mjs)\)/g, '](../examples/$1.md)')
      .replace(/\]\(docs\//g, '](./')
  )
}

/** The other pages of the guide are in English. */
function inLanguage(text) {
  return translated(text).replace(/\]\(\.\.\/([\w-]+)\.md/g, '](/guide/$1.md')
}

/** The comment at the top is the text, the rest the program. */
function example(name) {
  const code = read(`examples/${name}`)
  const [comment = ''] = /^(?:\/\/.*\n)+/.exec(code) ?? []
  const lines = comment.split('\n').map(line => line.replace(/^\/\/ ?/, ''))
  const usage = lines.filter(line => line.startsWith('  ')).map(line => line.trim())
  const prose = lines
    .filter(line => !line.startsWith('  '))
    .join('\n')
    .trim()
  const shell = usage.length === 0 ? '' : `\n\`\`\`sh\n${usage.join('\n')}\n\`\`\`\n`
  return `# ${basename(name, '.mjs')}\n\n${prose}\n${shell}\n\`\`\`js\n${code.slice(comment.length).trim()}\n\`\`\`\n`
}

/** The reference as pages, so that search finds it. Lines about the sources' layout are left out. */
function reference() {
  const out = join(source, 'api')
  const status = runTool(
    'typedoc/bin/typedoc',
    ...['--plugin', './tools/module-names.mjs', '--plugin', 'typedoc-plugin-markdown'],
    ...['--out', out, '--entryFileName', 'index', '--logLevel', 'Warn'],
    ...['--hidePageHeader', '--hideBreadcrumbs', '--useHTMLEncodedBrackets', '--sanitizeComments'],
  )
  if (status !== 0) return status
  for (const name of readdirSync(out, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.md')) continue
    const text = readFileSync(join(out, name), 'utf8')
      .replace(/^Defined in: .*\n\n?/gm, '')
      .replace(/^#{2,4} (?:Inherited from|Overrides|Extends)\n\n.*\n\n?/gm, '')
      .replace(/^#{2,5} Default\n\n(?:```ts\n(.*)\n```|(.*))$/gm, (_, code, text) =>
        code === undefined ? `**Default:** ${text}` : `**Default:** \`${code}\``,
      )
      .replace(/\n\*{3}\n/g, '\n')
      .replace(/^# (?:Interface|Class|Function|Type Alias|Variable): /, '# ')
    writeFileSync(join(out, name), text)
  }
  writeFileSync(join(out, 'index.md'), read('site/pages/api/index.md'))
  return 0
}

function vitepress(command) {
  installTools(site)
  const bin = join(site, 'node_modules', 'vitepress', 'bin', 'vitepress.js')
  // Its spinner would stop a build in the background when it reaches for the terminal.
  const stdin = command === 'build' ? 'ignore' : 'inherit'
  const stdio = [stdin, 'inherit', 'inherit']
  const { status } = spawnSync(process.execPath, [bin, command, site], { stdio })
  return status ?? 1
}
