// What each room of src/ may import. A room is a folder; a file directly in src/ is a room of its own.
// Imports point one way: a room that needs more than its line here is probably doing two things.

export interface Border {
  /** Rooms, or single files without `.ts`, that the room may import. */
  readonly values: readonly string[]
  /** Those it may import with `import type` only: types cannot tie behaviour together. */
  readonly types: readonly string[]
}

function border(values: string, types = ''): Border {
  const list = (words: string) => words.split(/\s+/).filter(word => word !== '')
  // Values of other realms and other code reach every room.
  return { values: ['foreign', ...list(values)], types: list(types) }
}

/** Rooms that know their platform. All others are the portable core. */
export const platformAreas = ['runtimes', 'server', 'cli', 'testing'] as const

export const borders: Readonly<Record<string, Border>> = {
  async: border(''),
  batch: border(
    'async errors journal options oss progress schedule source upload upload/run upload/start validation',
    'bucket ports',
  ),
  bucket: border('errors hash limits observe options oss schedule text validation', 'ports'),
  checkpoints: border(
    'bucket errors journal options oss progress schedule source text upload upload/cleanup upload/content upload/start validation',
    'ports',
  ),
  cli: border(
    'cli/args cli/commands cli/connect cli/errors cli/output runtimes/node/platform text',
  ),
  'cli/args': border('cli/output runtimes/node/index runtimes/node/platform text'),
  'cli/commands': border(
    'cli/args cli/completion cli/connect cli/doctor cli/doctor/checks cli/errors cli/output cli/prove cli/prove/facts cli/view runtimes/node/index server/index',
  ),
  'cli/completion': border('', 'cli/args'),
  'cli/connect': border('cli/args cli/output cli/view runtimes/node/index'),
  'cli/doctor': border(
    'cli/args cli/connect cli/output runtimes/node/index runtimes/node/platform',
  ),
  'cli/doctor/checks': border('cli/args cli/doctor cli/errors cli/output runtimes/node/index'),
  'cli/errors': border('cli/args cli/output runtimes/node/index'),
  'cli/live': border(''),
  'cli/output': border('cli/live runtimes/node/index runtimes/node/platform'),
  'cli/prove': border('cli/output runtimes/node/index'),
  'cli/prove/facts': border('cli/prove runtimes/node/index'),
  'cli/view': border(
    'cli/args cli/errors cli/live cli/output runtimes/node/index runtimes/node/platform',
  ),
  download: border(
    'async bucket errors hash options oss progress schedule source validation',
    'ports',
  ),
  errors: border(''),
  foreign: border(''),
  hash: border('errors text'),
  index: border(
    'batch checkpoints download errors hash journal oss',
    'bucket options ports progress source upload',
  ),
  journal: border('errors hash limits', 'ports'),
  limits: border(''),
  observe: border('errors foreign', 'options ports progress'),
  options: border('errors limits text validation', 'ports progress'),
  oss: border('async errors hash limits options ports text xml'),
  plan: border('limits'),
  ports: border(''),
  progress: border('', 'plan ports'),
  runtimes: border(
    'bucket checkpoints errors options oss source upload validation',
    'ports upload/run',
  ),
  'runtimes/node': border(
    'batch bucket checkpoints download errors hash index options oss runtimes runtimes/node/credentials runtimes/node/files runtimes/node/http runtimes/node/journal runtimes/node/platform runtimes/node/spool source text upload validation',
    'journal ports progress',
  ),
  'runtimes/node/credentials': border(
    'errors oss runtimes/node/http runtimes/node/platform validation',
    'bucket ports',
  ),
  'runtimes/node/files': border(
    'async batch download errors oss runtimes/node/platform source text',
    'ports',
  ),
  'runtimes/node/http': border('async errors hash ports text validation'),
  'runtimes/node/journal': border(
    'errors journal limits runtimes/node/platform validation',
    'batch ports upload/run',
  ),
  'runtimes/node/platform': border('async', 'hash ports'),
  'runtimes/node/spool': border(
    'errors journal runtimes/node/files runtimes/node/journal runtimes/node/platform source upload/start validation',
    'ports',
  ),
  schedule: border('async errors limits', 'options oss plan ports progress'),
  server: border(
    'runtimes/node/platform server/auth server/control server/disk server/faults server/http server/operations server/request server/rules server/store validation',
    'ports',
  ),
  'server/auth': border('server/http', 'server/rules server/store'),
  'server/control': border(
    'server/http server/operations server/request',
    'server/auth server/faults',
  ),
  'server/disk': border('runtimes/node/platform server/store', 'ports'),
  'server/faults': border('server/http server/request', 'ports'),
  'server/http': border('xml', 'ports'),
  'server/operations': border(
    'hash server/auth server/http server/request server/rules server/store xml',
  ),
  'server/request': border('server/http server/rules', 'ports server/auth server/store'),
  'server/rules': border('server/http'),
  'server/store': border('server/http'),
  source: border('async errors foreign hash text', 'ports'),
  testing: border('errors foreign', 'ports'),
  text: border(''),
  upload: border(
    'async bucket errors observe options oss progress upload/check upload/cleanup upload/complete upload/content upload/resume upload/run upload/start text validation',
    'journal ports schedule',
  ),
  'upload/check': border('errors hash journal limits oss plan source upload/run', 'options ports'),
  'upload/cleanup': border('errors oss schedule upload/run upload/start', 'journal'),
  'upload/complete': border(
    'async errors hash oss schedule upload/check upload/cleanup upload/run upload/send upload/start',
    'journal options ports',
  ),
  'upload/content': border(
    'errors hash limits plan source upload/check upload/cleanup upload/resume upload/run upload/send upload/start',
    'journal oss ports progress schedule',
  ),
  'upload/resume': border(
    'errors oss upload/check upload/cleanup upload/complete upload/run upload/start',
    'journal',
  ),
  'upload/run': border('async schedule', 'errors journal options oss plan ports progress'),
  'upload/send': border(
    'async errors hash journal limits oss plan schedule source upload/check upload/run',
    'ports',
  ),
  'upload/start': border(
    'async errors journal oss plan schedule upload/check upload/run',
    'options ports progress',
  ),
  validation: border('errors text'),
  xml: border(''),
}
