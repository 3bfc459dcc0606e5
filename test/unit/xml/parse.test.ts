import { describe, expect, it } from 'vitest'
import { escapeXml } from '../../../src/xml/escape.ts'
import { child, children, parseXml, text, XmlError } from '../../../src/xml/parse.ts'

describe('parseXml', () => {
  it('reads names, children and text', () => {
    const root = parseXml(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A><B>1</B><C/><B> 2 &lt;&amp;&quot;<![CDATA[<x>&#x1;]]></B></A>\n',
    )
    expect(root.name).toBe('A')
    expect(children(root, 'B').map(one => one.text)).toEqual(['1', ' 2 <&"<x>&#x1;'])
    expect(text(root, 'B')).toBe('1')
    expect(text(root, 'C')).toBe('')
    expect(text(root, 'D')).toBeUndefined()
    expect(child(root, 'D')).toBeUndefined()
  })

  it('ignores namespaces and prefixes', () => {
    const root = parseXml(
      '<o:A xmlns:o="http://doc.oss-cn-hangzhou.aliyuncs.com"><o:B>1</o:B></o:A>',
    )
    expect([root.name, text(root, 'B')]).toEqual(['A', '1'])
    expect(parseXml('<A xmlns="http://doc.oss-cn-hangzhou.aliyuncs.com"/>').name).toBe('A')
  })

  it.each([
    ['&#x1;', '\x01'],
    ['a&#11;b', 'a\vb'],
    ['&#x0000c;&#12;', '\f\f'],
    ['&#0;', '\0'],
    ['&#xD;&#xA;&#9;', '\r\n\t'],
    ['&#xFFFE;', '\ufffe'],
    ['&#x1F600;', '😀'],
    ['<!-- &#x1; -->x&#x2;', 'x\x02'],
    ['x\x01\f', 'x\x01\f'],
  ])('reads the control character %j', (written, meant) => {
    expect(parseXml(`<A>${written}</A>`).text).toBe(meant)
  })

  it.each([
    ['nothing', ''],
    ['no element', 'text'],
    ['not closed', '<A><B></A>'],
    ['two roots', '<A/><A/>'],
    ['a control character in CDATA', '<A><![CDATA[\x01]]></A>'],
    ['an unknown entity', '<A>&nbsp;</A>'],
    ['our own name for a reference', '<A>&#x1;&control-2;</A>'],
    ['our own name alone', '<A>&control-2;</A>'],
    ['a surrogate', '<A>&#xD800;</A>'],
    ['beyond Unicode', '<A>&#x110000;</A>'],
    ['an unclosed CDATA', `<A>&#x1;${'<![CDATA['.repeat(1000)}</A>`],
    ['33 levels', '<A>'.repeat(33) + '</A>'.repeat(33)],
    ['100,000 levels', '<A>'.repeat(100_000) + '</A>'.repeat(100_000)],
    ['entities that multiply', '<!DOCTYPE A [<!ENTITY a "aaaa">]><A>&a;&a;</A>'],
    ['names of object methods', '<A>&constructor;</A>'],
  ])('refuses %s', (_, document) => {
    expect(() => parseXml(document)).toThrow(XmlError)
  })
})

describe('escapeXml', () => {
  it.each([
    ['a & b < c > "d" \'e\'', "a &amp; b &lt; c &gt; &quot;d&quot; 'e'"],
    ['\v\r\n\t\0', '&#xB;&#xD;&#xA;&#x9;&#x0;'],
    ['中文 😀', '中文 😀'],
  ])('%j', (plain, escaped) => {
    expect(escapeXml(plain)).toBe(escaped)
  })

  it('is read back unchanged, with any characters', () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join('')
    const odd = `${all}\ufffe\uffff\u2028]]>😀`
    expect(parseXml(`<A>${escapeXml(odd)}</A>`).text).toBe(odd)
  })
})
