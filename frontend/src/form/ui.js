// How each field is drawn when its form does not say: worked out from the schema, overridden by the form's own `ui`.
import { areDocuments, isDocument } from './documents.jsx';
import { namedBy } from './register.jsx';
import { CellTemplate, RowTemplate, TableRowTemplate, TableTemplate } from './table.jsx';

const FEW_CHOICES = 5;
const SHORT_CHOICES = 36; // characters of all choices together that still fit one line
const LONG_TEXT = 200;

const choicesOf = (schema) => schema.enum ?? schema.oneOf?.map(({ title, const: value }) => title ?? value);

function isFew(choices) {
  return choices.length <= FEW_CHOICES && choices.join('').length <= SHORT_CHOICES;
}

const typeOf = (schema) => [schema.type].flat().find((type) => type !== 'null');

function widgetFor(schema, inTable) {
  const choices = choicesOf(schema);
  switch (typeOf(schema)) {
    case 'boolean':
      return inTable ? 'select' : 'radio';
    case 'number':
    case 'integer':
      if (choices) return 'select';
      return schema['x-format'] === 'money' ? 'money' : 'number';
    case 'string':
      if (choices) return isFew(choices) && !inTable ? 'radio' : 'select';
      if (schema.format === 'date') return 'date';
      if (schema.format === 'date-time') return 'instant';
      return !inTable && schema.maxLength >= LONG_TEXT ? 'textarea' : 'text';
    case 'array':
      return choicesOf(schema.items ?? {}) ? 'checkboxes' : undefined;
    default:
      return undefined;
  }
}

/** Drawn by a field of its own, whatever its value is made of. */
const isOne = (schema) => namedBy(schema) !== undefined || isDocument(schema);

const isScalar = (schema) => isOne(schema) || areDocuments(schema) || !['object', 'array'].includes(typeOf(schema));

export function isTable(schema) {
  const rows = schema.items;
  if (isOne(rows)) return false;
  return typeOf(schema) === 'array' && rows?.type === 'object' && Object.values(rows.properties ?? {}).every(isScalar);
}

/** Offices and people are chosen from the register, documents are brought. */
function fieldFor(schema) {
  if (isDocument(schema)) return 'document';
  if (areDocuments(schema)) return 'documents';
  if (namedBy(schema)) return 'named';
  return typeOf(schema) === 'array' && namedBy(schema.items) ? 'nameds' : undefined;
}

function forField(schema, own, inTable) {
  const options = { ...own };
  const named = fieldFor(schema);
  if (named) return { 'ui:field': named, ...(inTable && { 'ui:options': { compact: true } }), ...options };
  const widget = widgetFor(schema, inTable);
  if (!('ui:widget' in options) && !('ui:field' in options) && widget) options['ui:widget'] = widget;
  if (isTable(schema)) return { ...options, ...forTable(schema, own) };
  if (typeOf(schema) === 'object') return { ...options, ...forObject(schema, own) };
  if (typeOf(schema) === 'array' && schema.items) {
    options.items = { 'ui:label': false, ...forField(schema.items, own.items ?? {}, false) };
  }
  return options;
}

function forTable(schema, own) {
  const cells = Object.entries(schema.items.properties ?? {}).map(([name, cell]) => [
    name,
    { ...forField(cell, own.items?.[name] ?? {}, true), 'ui:FieldTemplate': CellTemplate },
  ]);
  return {
    'ui:ArrayFieldTemplate': TableTemplate,
    'ui:ArrayFieldItemTemplate': TableRowTemplate,
    items: {
      ...own.items,
      ...Object.fromEntries(cells),
      'ui:ObjectFieldTemplate': RowTemplate,
      'ui:FieldTemplate': ({ children }) => children,
    },
  };
}

function forObject(schema, own) {
  const names = Object.keys(schema.properties ?? {});
  return Object.fromEntries(names.map((name) => [name, forField(schema.properties[name], own[name] ?? {}, false)]));
}

/**
 * The schema with properties, if none, for whatever is an object within a list: where a condition (`if`) comes to hold, the stock form drops the items
 * of lists whose objects have none, so that files and offices were lost by an answer elsewhere.
 */
export function withShapes(schema, inList = false) {
  if (!schema || typeof schema !== 'object') return schema;
  const shaped = { ...schema };
  // Outside of lists nothing is lost, and an office that is not chosen would become an empty object.
  if (typeOf(schema) === 'object' && (schema.properties || inList))
    shaped.properties = Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, part]) => [name, withShapes(part, inList)]),
    );
  if (schema.items) shaped.items = withShapes(schema.items, true);
  return shaped;
}

/** `data` with an empty list wherever a required list may be empty: leaving a table empty is an answer. */
export function withEmptyLists(schema, data = {}) {
  const filled = { ...data };
  for (const [name, field] of Object.entries(schema.properties ?? {})) {
    const required = schema.required?.includes(name);
    if (typeOf(field) === 'array' && required && !field.minItems) filled[name] ??= [];
    if (typeOf(field) === 'object' && !isOne(field) && (required || filled[name]))
      filled[name] = withEmptyLists(field, filled[name]);
  }
  return filled;
}

/** The whole form's uiSchema: `own` is what the form's file says. */
export function uiFor(schema, own = {}) {
  return { ...own, ...forObject(schema, own), 'ui:submitButtonOptions': { norender: true } };
}
