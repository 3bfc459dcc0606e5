import * as library from 'ossup'
import * as server from 'ossup/server'
import common from './use.cjs'

await common.use(library, server)
console.log('works')
