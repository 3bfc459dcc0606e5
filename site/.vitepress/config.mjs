// The documentation site. scripts/site.mjs gathers its pages in site/.source.

import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'vitepress'

/** Anchors as GitHub makes them, so that one link works in both places. */
const slugify = heading =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')

const guide = [
  {
    text: 'Start here',
    items: [
      { text: 'Getting started', link: '/guide/getting-started' },
      { text: 'Command', link: '/guide/command' },
      { text: 'Options', link: '/guide/options' },
      { text: 'Errors', link: '/guide/errors' },
      { text: 'Troubleshooting', link: '/guide/troubleshooting' },
    ],
  },
  {
    text: 'Tasks',
    items: [
      { text: 'Many files', link: '/guide/many-files' },
      { text: 'Credentials', link: '/guide/credentials' },
      { text: 'Frameworks', link: '/guide/frameworks' },
      { text: 'TypeScript and test runners', link: '/guide/typescript' },
      { text: 'The local OSS', link: '/guide/local-oss' },
      { text: 'Observing', link: '/guide/observing' },
      { text: 'JSON output', link: '/guide/json-output' },
      { text: 'Migrating', link: '/guide/migrating' },
    ],
  },
  {
    text: 'Background',
    items: [
      { text: 'Guarantees', link: '/guide/guarantees' },
      { text: 'Performance', link: '/guide/performance' },
      { text: 'Changelog', link: '/changelog' },
    ],
  },
]

const internals = [
  {
    text: 'Internals',
    items: [
      { text: 'Overview', link: '/internals/' },
      { text: 'Architecture', link: '/internals/architecture' },
      { text: 'Life cycle', link: '/internals/life-cycle' },
      { text: 'Journal', link: '/internals/journal' },
      { text: 'Verification', link: '/internals/verification' },
      { text: 'OSS facts', link: '/internals/oss-facts' },
      { text: 'Performance notes', link: '/internals/performance' },
      { text: 'Package', link: '/internals/package' },
    ],
  },
  {
    text: 'Decisions',
    items: [
      ['1. The byte path', '0001-byte-path'],
      ['2. Shapes and libraries', '0002-shapes-and-libraries'],
      ['3. One owner', '0003-one-owner'],
      ['4. auto', '0004-auto'],
      ['5. Credentials', '0005-credentials'],
      ['6. Proxies', '0006-proxies'],
      ['7. Many files', '0007-many-files'],
      ['8. Downloads', '0008-downloads'],
      ['9. The start of the command', '0009-code-cache'],
      ['10. One engine', '0010-one-engine'],
    ].map(([text, page]) => ({ text, link: `/internals/decisions/${page}` })),
  },
]

const kinds = [
  ['Functions', 'functions'],
  ['Classes', 'classes'],
  ['Interfaces', 'interfaces'],
  ['Types', 'type-aliases'],
  ['Variables', 'variables'],
]

/** The pages of the reference, by module and kind. */
function reference() {
  const folder = new URL('../.source/api/', import.meta.url)
  const namesIn = path => {
    const url = new URL(path, folder)
    return existsSync(url) ? readdirSync(url).filter(name => name.endsWith('.md')) : []
  }
  return ['ossup', 'ossup/server', 'ossup/testing'].map(module => ({
    text: module,
    link: `/api/${module}/`,
    collapsed: module !== 'ossup',
    items: kinds
      .map(([text, kind]) => ({
        text,
        collapsed: kind !== 'functions',
        items: namesIn(`${module}/${kind}/`).map(name => ({
          text: name.replace('.md', ''),
          link: `/api/${module}/${kind}/${name.replace('.md', '')}`,
        })),
      }))
      .filter(({ items }) => items.length > 0),
  }))
}

const search = {
  zh: {
    translations: {
      button: { buttonText: '搜索', buttonAriaLabel: '搜索' },
      modal: {
        noResultsText: '没有找到结果',
        resetButtonTitle: '清除',
        footer: { selectText: '选择', navigateText: '切换', closeText: '关闭' },
      },
    },
  },
  ja: {
    translations: {
      button: { buttonText: '検索', buttonAriaLabel: '検索' },
      modal: {
        noResultsText: '見つかりませんでした',
        resetButtonTitle: '消去',
        footer: { selectText: '選択', navigateText: '移動', closeText: '閉じる' },
      },
    },
  },
}

/** Chinese and Japanese have no spaces between words: pairs of characters serve as words. */
function tokenize(text) {
  const cjk = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u
  const runs =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Z}\p{P}\s]+/gu
  return (text.match(runs) ?? []).flatMap(run => {
    const letters = [...run]
    if (!cjk.test(run) || letters.length < 3) return [run]
    return letters.slice(1).map((letter, at) => letters[at] + letter)
  })
}

/** Gives each cell the heading of its column. A phone shows the cells of narrow tables one below the other. */
function labelCells(md) {
  md.renderer.rules.table_open = (tokens, at, options, _, self) => {
    tokens[at].attrSet('tabindex', '0')
    return self.renderToken(tokens, at, options)
  }
  md.core.ruler.push('label-cells', ({ tokens }) => {
    let table
    let labels = []
    let column = 0
    tokens.forEach((token, at) => {
      if (token.type === 'table_open') {
        table = token
        labels = []
      } else if (token.type === 'th_open') {
        labels.push(tokens[at + 1].content.replaceAll('`', ''))
      } else if (token.type === 'thead_close' && labels.length <= 3) {
        table.attrJoin('class', 'stacks')
      } else if (token.type === 'tr_open') {
        column = 0
      } else if (token.type === 'td_open') {
        if (column > 0 && labels.length > 2) token.attrSet('data-label', labels[column])
        column += 1
      }
    })
  })
}

export default defineConfig({
  srcDir: '.source',
  outDir: 'dist',
  title: 'ossup',
  description: 'Resumable uploads to Alibaba Cloud OSS that never start over',
  cleanUrls: false,
  lastUpdated: false,
  markdown: {
    config: labelCells,
    anchor: { slugify },
    headers: { slugify, level: [2, 3] },
    toc: { slugify },
    theme: { light: 'github-light', dark: 'github-dark' },
  },
  themeConfig: {
    search: {
      provider: 'local',
      options: { locales: search, miniSearch: { options: { tokenize } } },
    },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
  },
  locales: {
    root: {
      label: 'English',
      lang: 'en',
      themeConfig: {
        nav: [
          { text: 'Guide', link: '/guide/getting-started', activeMatch: '/guide/' },
          { text: 'Command', link: '/guide/command' },
          { text: 'API', link: '/api/', activeMatch: '/api/' },
          { text: 'Internals', link: '/internals/', activeMatch: '/internals/' },
        ],
        sidebar: {
          '/guide/': guide,
          '/examples/': guide,
          '/changelog': guide,
          '/internals/': internals,
          '/api/': reference(),
        },
      },
    },
    zh: {
      label: '简体中文',
      lang: 'zh-CN',
      description: '阿里云 OSS 断点续传，绝不从头再来',
      themeConfig: {
        nav: [
          { text: '入门', link: '/zh/guide/getting-started' },
          { text: '指南（英文）', link: '/guide/' },
          { text: 'API（英文）', link: '/api/' },
        ],
        sidebar: [
          { text: '开始', items: [{ text: '入门', link: '/zh/guide/getting-started' }] },
          {
            text: '英文文档',
            items: [
              { text: '命令', link: '/guide/command' },
              { text: '选项', link: '/guide/options' },
              { text: '错误', link: '/guide/errors' },
              { text: '故障排查', link: '/guide/troubleshooting' },
              { text: '批量上传', link: '/guide/many-files' },
              { text: '访问凭证', link: '/guide/credentials' },
              { text: '迁移', link: '/guide/migrating' },
            ],
          },
        ],
        outline: { level: [2, 3], label: '本页目录' },
        docFooter: { prev: '上一页', next: '下一页' },
        sidebarMenuLabel: '目录',
        returnToTopLabel: '返回顶部',
        darkModeSwitchLabel: '外观',
        langMenuLabel: '语言',
      },
    },
    ja: {
      label: '日本語',
      lang: 'ja',
      description: 'Alibaba Cloud OSS への再開可能なアップロード',
      themeConfig: {
        nav: [
          { text: 'はじめに', link: '/ja/guide/getting-started' },
          { text: 'ガイド（英語）', link: '/guide/' },
          { text: 'API（英語）', link: '/api/' },
        ],
        sidebar: [
          { text: '最初に', items: [{ text: 'はじめに', link: '/ja/guide/getting-started' }] },
          {
            text: '英語のドキュメント',
            items: [
              { text: 'コマンド', link: '/guide/command' },
              { text: 'オプション', link: '/guide/options' },
              { text: 'エラー', link: '/guide/errors' },
              { text: 'トラブルシューティング', link: '/guide/troubleshooting' },
              { text: '多数のファイル', link: '/guide/many-files' },
              { text: '認証情報', link: '/guide/credentials' },
              { text: '移行', link: '/guide/migrating' },
            ],
          },
        ],
        outline: { level: [2, 3], label: 'このページの内容' },
        docFooter: { prev: '前へ', next: '次へ' },
        sidebarMenuLabel: 'メニュー',
        returnToTopLabel: 'トップへ戻る',
        darkModeSwitchLabel: '外観',
        langMenuLabel: '言語',
      },
    },
  },
})
