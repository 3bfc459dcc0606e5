import * as library from 'ossup'
import * as server from 'ossup/server'
import common from './use.cjs'

common.use(library, server).then(() => console.log('works'))
