// What is wrong with a field, in an official's words. `limit` is the value of the keyword in the schema.

const WITH_LIMIT = {
  minLength: (limit) => `至少填写 ${limit} 个字`,
  maxLength: (limit) => `最多填写 ${limit} 个字`,
  minimum: (limit) => `不能小于 ${limit}`,
  maximum: (limit) => `不能大于 ${limit}`,
  exclusiveMinimum: (limit) => `须大于 ${limit}`,
  exclusiveMaximum: (limit) => `须小于 ${limit}`,
  minItems: (limit) => `至少填写 ${limit} 项`,
  maxItems: (limit) => `最多填写 ${limit} 项`,
  multipleOf: (limit) => (String(limit) === '0.01' ? '最多保留两位小数' : `须为 ${limit} 的整数倍`),
};

const PLAIN = {
  required: '必填',
  pattern: '格式不正确',
  format: '格式不正确',
  uniqueItems: '不能有重复的项',
  enum: '请选择列出的选项',
  const: '不符合要求',
  oneOf: '请选择列出的选项',
  anyOf: '不符合任何一种情况',
  additionalProperties: '表单里没有这个字段',
  unevaluatedProperties: '表单里没有这个字段',
};

const TYPES = {
  number: '请填写数字，金额最多两位小数',
  integer: '请填写整数',
  string: '请填写文字',
  boolean: '请选择是或否',
  array: '请填写列表',
  object: '请填写内容',
};

const FORMATS = { date: '请填写日期，例如 2026-10-15', 'date-time': '请填写日期和时间' };

export function messageFor(keyword, limit) {
  if (keyword === 'type') return TYPES[[limit].flat()[0]] ?? '填写的内容不对';
  if (keyword === 'format') return FORMATS[limit] ?? PLAIN.format;
  if (keyword in WITH_LIMIT && limit !== undefined) return WITH_LIMIT[keyword](limit);
  return PLAIN[keyword] ?? '填写有误';
}
