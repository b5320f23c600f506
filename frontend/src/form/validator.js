// The validator that react-jsonschema-form asks, on @cfworker/json-schema: it interprets, so it needs no eval.
// The server checks the same schema again and has the last word.
import { Validator } from '@cfworker/json-schema';
import { retrieveSchema, toErrorSchema } from '@rjsf/utils';
import { messageFor } from './messages.js';

// Keywords that only say "something below is wrong": the something is reported by itself.
const CONTAINERS = new Set(['properties', 'items', 'allOf', 'if', 'then', 'else', '$ref', 'prefixItems', 'false']);

/** As the server reads it: a text in which nothing stands, whatever its spaces, is no answer. Items of lists stay. */
const isBlank = (value) => typeof value === 'string' && value.normalize('NFKC').trim() === '';
const asJson = (value) =>
  JSON.parse(
    JSON.stringify(value ?? null, function (key, part) {
      return isBlank(part) && !Array.isArray(this) ? undefined : part;
    }) ?? 'null',
  );

const segments = (pointer) =>
  pointer
    .replace(/^#\/?/, '')
    .split('/')
    .filter(Boolean)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value at a place of a schema; a place behind a reference lies in what it refers to. */
function follow(schema, pointer) {
  const step = (node, part) => (part === '$ref' ? follow(schema, node?.$ref ?? '') : node?.[part]);
  return segments(pointer).reduce(step, schema);
}

// These are reported at the object; people look for the field, which the validator names in its sentence.
const ABOUT_A_PROPERTY = new Set(['required', 'additionalProperties', 'unevaluatedProperties']);

const namedIn = (sentence) => /"([^"]+)"/.exec(sentence)?.[1];

/** The titles on the way to a field: 资金来源 › 第2行 › 金额. */
function titleAt(schema, path) {
  const titles = [];
  let node = schema;
  for (const part of path) {
    if (/^\d+$/.test(String(part)) && node?.items) {
      node = node.items;
      titles.push(`第${Number(part) + 1}行`);
    } else {
      node = node?.properties?.[part];
      titles.push(node?.title ?? String(part));
    }
  }
  return titles.join(' › ');
}

export const propertyOf = (path) => '.' + path.join('.');

function describe(root, resolved, raw) {
  const path = segments(raw.instanceLocation);
  const name = ABOUT_A_PROPERTY.has(raw.keyword) && namedIn(raw.error);
  if (name) path.push(name);
  const limit = follow(root, raw.keywordLocation);
  const message = messageFor(raw.keyword, limit);
  return {
    name: raw.keyword,
    property: propertyOf(path),
    message,
    params: {},
    stack: `${titleAt(resolved, path)}：${message}`,
    schemaPath: raw.keywordLocation,
  };
}

function unique(errors) {
  const seen = new Set();
  return errors.filter(({ property, message }) => {
    const key = property + message;
    return !seen.has(key) && seen.add(key);
  });
}

const validator = {
  rawValidation(schema, data) {
    try {
      const { errors } = new Validator(schema, '2020-12', false).validate(asJson(data));
      return { errors, resolved: retrieveSchema(this, schema, schema, data) };
    } catch (error) {
      return { validationError: error };
    }
  },

  isValid(schema, data, root) {
    const definitions = root?.$defs ? { ...schema, $defs: { ...root.$defs, ...schema.$defs } } : schema;
    try {
      return new Validator(definitions, '2020-12', true).validate(asJson(data)).valid;
    } catch {
      return false; // a schema that cannot be read fits nothing
    }
  },

  validateFormData(data, schema) {
    const { errors: found = [], resolved, validationError } = this.rawValidation(schema, data);
    const kept = found.filter(({ keyword }) => !CONTAINERS.has(keyword));
    const errors = unique(kept.map((raw) => describe(schema, resolved, raw)));
    if (validationError) errors.push({ property: '.', stack: `表单定义有误：${validationError.message}` });
    return { errors, errorSchema: toErrorSchema(errors.filter(({ message }) => message)) };
  },
};

export default validator;
