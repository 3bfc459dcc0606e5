const { use } = require('./use.cjs')

test('an upload and a download', () => use(require('ossup'), require('ossup/server')), 60_000)
