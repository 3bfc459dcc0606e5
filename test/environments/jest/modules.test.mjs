import { Buffer } from 'node:buffer'
import * as library from 'ossup'
import * as server from 'ossup/server'
import common from './use.cjs'

test('an upload and a download', () => common.use(library, server), 60_000)

// The realm of a test has classes of its own.
test('bytes of this realm', () => expect(Buffer.from('x')).toBeInstanceOf(Uint8Array))
