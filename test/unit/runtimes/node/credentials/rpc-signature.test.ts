import { expect, test } from 'vitest'
import {
  percentEncode,
  signRpc,
} from '../../../../../src/runtimes/node/credentials/rpc-signature.ts'

const documented = {
  AccessKeyId: 'testid',
  Action: 'DescribeRegions',
  Format: 'XML',
  SignatureMethod: 'HMAC-SHA1',
  SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
  SignatureVersion: '1.0',
  Timestamp: '2016-02-23T12:46:24Z',
  Version: '2014-05-26',
}

/** What @alicloud/credentials 2.4.7 sent, captured in front of its network. */
const captured = {
  Version: '2015-04-01',
  Action: 'AssumeRole',
  Format: 'JSON',
  Timestamp: '2026-11-27T00:59:56Z',
  SignatureMethod: 'HMAC-SHA1',
  SignatureVersion: '1.0',
}

test.each([
  ['the example of the documentation', 'GET', documented, 'OLeaidS1JvxuMvnyHOwuJ+uX5qY='],
  [
    'an AssumeRole of @alicloud/credentials',
    'POST',
    {
      ...captured,
      SignatureNonce: 'ba13e31fb001629e039a961fddb0be4d',
      AccessKeyId: 'testid',
      RoleArn: 'acs:ram::123456789012:role/upload',
      RoleSessionName: 'ossup',
      DurationSeconds: '900',
    },
    'YwtF2+lRbsKd9BzkH/L8c+jfYMA=',
  ],
  [
    'one with every character that has to be encoded',
    'POST',
    {
      ...captured,
      SignatureNonce: 'edb5e26483018491fab163982e7a81f3',
      AccessKeyId: 'STS.testid',
      SecurityToken: "to/ken+with=*~'()!",
      RoleArn: 'acs:ram::123456789012:role/up load',
      Policy:
        '{"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:PutObject"],"Resource":["acs:oss:*:*:bucket/*"]}]}',
      ExternalId: 'ex ter*nal',
      RoleSessionName: 'größe',
      DurationSeconds: '3600',
    },
    'jlwws7rTd4xSCkjIJm75r2oWAnI=',
  ],
])('%s', (_, method, parameters, signature) => {
  expect(signRpc(method, parameters, 'testsecret')).toBe(signature)
})

test('everything but the unreserved characters is encoded', () => {
  expect(percentEncode("aZ09-_.~ /+*=&%!'()é")).toBe(
    'aZ09-_.~%20%2F%2B%2A%3D%26%25%21%27%28%29%C3%A9',
  )
})
