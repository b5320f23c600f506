import { describe, expect, test } from 'vitest';
import validator, { propertyOf } from '../../src/form/validator.js';

const FORM = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['projectName', 'totalAmount'],
  properties: {
    projectName: { title: '项目名称', type: 'string', minLength: 2, maxLength: 6 },
    totalAmount: { title: '总投资', type: 'number', minimum: 0, multipleOf: 0.01, 'x-format': 'money' },
    days: { title: '工期', type: ['integer', 'null'] },
    signedOn: { title: '签订日期', type: 'string', format: 'date' },
    software: { title: '含软件开发', type: 'boolean' },
    content: { title: '软件开发内容', type: 'string' },
    funds: {
      title: '资金来源',
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['source'],
        properties: {
          source: { title: '来源', enum: ['区级财政', '自筹'] },
          amount: { title: '金额', type: 'number' },
        },
      },
    },
    contact: {
      title: '联系人',
      type: 'object',
      required: ['name'],
      properties: { name: { title: '姓名', type: 'string' } },
    },
  },
  if: { properties: { software: { const: true } }, required: ['software'] },
  then: { required: ['content'] },
};
const RIGHT = { projectName: '智慧公园', totalAmount: 4000000.01 };

/** What is listed for `data`, in order. */
const said = (data, schema = FORM) => validator.validateFormData(data, schema).errors.map(({ stack }) => stack);

describe('what is wrong is said with the field’s title', () => {
  test.each([
    [{}, ['项目名称：必填', '总投资：必填']],
    [{ ...RIGHT, projectName: '园' }, ['项目名称：至少填写 2 个字']],
    [{ ...RIGHT, projectName: '智慧公园一二三' }, ['项目名称：最多填写 6 个字']],
    [{ ...RIGHT, totalAmount: -1 }, ['总投资：不能小于 0']],
    [{ ...RIGHT, totalAmount: 1.005 }, ['总投资：最多保留两位小数']],
    [{ ...RIGHT, totalAmount: '四百万' }, ['总投资：请填写数字，金额最多两位小数']],
    [{ ...RIGHT, days: 1.5 }, ['工期：请填写整数']],
    [{ ...RIGHT, signedOn: '2026年' }, ['签订日期：请填写日期，例如 2026-10-15']],
    [{ ...RIGHT, signedOn: '2026-02-30' }, ['签订日期：请填写日期，例如 2026-10-15']],
    [{ ...RIGHT, funds: [] }, ['资金来源：至少填写 1 项']],
    [{ ...RIGHT, funds: [{ source: '自筹' }, { amount: 1 }] }, ['资金来源 › 第2行 › 来源：必填']],
    [{ ...RIGHT, funds: [{ source: '捐赠' }] }, ['资金来源 › 第1行 › 来源：请选择列出的选项']],
    [{ ...RIGHT, contact: {} }, ['联系人 › 姓名：必填']],
    [{ ...RIGHT, software: true }, ['软件开发内容：必填']],
    [{ ...RIGHT, approved: true }, ['approved：表单里没有这个字段']],
  ])('%j', (data, sentences) => expect(said(data)).toEqual(sentences));

  test.each([
    [RIGHT],
    [{ ...RIGHT, days: null, software: false, signedOn: '2028-02-29' }],
    [{ ...RIGHT, software: true, content: '门户' }],
    [{ ...RIGHT, totalAmount: 9999999999999.99 }],
    [{ ...RIGHT, totalAmount: 0.07 }],
    [{ ...RIGHT, funds: [{ source: '自筹', amount: undefined }] }],
  ])('nothing is wrong with %j', (data) => expect(said(data)).toEqual([]));

  test('one wrong thing is said once, however many conditions ask for it', () => {
    const twice = { ...FORM, allOf: [{ required: ['projectName'] }, { required: ['projectName'] }] };
    expect(said({ totalAmount: 1 }, twice)).toEqual(['项目名称：必填']);
  });

  test('each error stands at its field, so that the page can show it there', () => {
    const { errorSchema } = validator.validateFormData({ ...RIGHT, funds: [{ amount: 1 }] }, FORM);
    expect(errorSchema.funds[0].source.__errors).toEqual(['必填']);
    expect(errorSchema.projectName).toBeUndefined();
  });

  test('a field in a definition is judged by it', () => {
    const schema = {
      type: 'object',
      $defs: { amount: { title: '金额', type: 'number', minimum: 0 } },
      properties: { budget: { $ref: '#/$defs/amount' } },
    };
    expect(said({ budget: -1 }, schema)).toEqual(['金额：不能小于 0']);
    expect(validator.isValid({ $ref: '#/$defs/amount' }, -1, schema)).toBe(false);
    expect(validator.isValid({ $ref: '#/$defs/amount' }, 1, schema)).toBe(true);
  });

  test('a form that cannot be read is said, not thrown', () => {
    expect(said({}, { type: 'object', $ref: '#/$defs/nowhere' })[0]).toMatch(/^表单定义有误：/);
    expect(validator.isValid({ $ref: '#/$defs/nowhere' }, {}, {})).toBe(false);
  });
});

test('a place is written as the form library writes it', () => {
  expect(propertyOf(['funds', 0, 'amount'])).toBe('.funds.0.amount');
});

describe('a text in which nothing stands', () => {
  const found = (data) => validator.validateFormData(data, FORM).errors.map(({ property, name }) => [property, name]);

  test.each(['', ' ', '　　', '\u00a0\t', '\u2003'])(
    '%j is missing where it is required, and nothing elsewhere',
    (blank) => {
      expect(
        found({ ...RIGHT, funds: [{ source: '自筹' }], projectName: blank, content: blank, signedOn: blank }),
      ).toEqual([['.projectName', 'required']]);
      expect(found({ ...RIGHT, contact: { name: blank }, funds: [{ source: blank }] })).toEqual([
        ['.funds.0.source', 'required'],
        ['.contact.name', 'required'],
      ]);
    },
  );
});
