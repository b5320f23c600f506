// An array of objects as a table people can fill in; below 576 px every row becomes a card (site.css).
import { createElement } from 'react';
import { areDocuments, isDocument, limitsOf } from './documents.jsx';
import { grouped } from './numbers.js';

const isMoney = (schema) => schema['x-format'] === 'money';

function Heading({ name, cell, required }) {
  return (
    <th scope="col" className={isMoney(cell) ? 'text-end' : undefined} key={name}>
      {cell.title ?? name}
      {isMoney(cell) && !(cell.title ?? '').includes('元') && '（元）'}
      {required && <span className="text-danger"> *</span>}
    </th>
  );
}

function Totals({ columns, rows, hasTools }) {
  const sums = columns.map(([name, cell]) =>
    isMoney(cell) ? rows.reduce((sum, row) => sum + Math.round((Number(row?.[name]) || 0) * 100), 0) : undefined,
  );
  if (rows.length < 2 || sums.every((sum) => sum === undefined)) return null;
  return (
    <tfoot>
      <tr>
        <th scope="row">合计</th>
        {columns.map(([name], i) => (
          <td key={name} className="text-end amount">
            {sums[i] !== undefined && grouped(sums[i] / 100, 2)}
          </td>
        ))}
        {hasTools && <td />}
      </tr>
    </tfoot>
  );
}

export function TableTemplate(props) {
  const { items, canAdd, onAddClick, title, schema, required, fieldPathId, formData, readonly, disabled } = props;
  const { registry, rawErrors = [] } = props;
  const columns = Object.entries(schema.items?.properties ?? {});
  const locked = readonly || disabled;
  const description = schema.description;
  const { files } = registry.formContext;
  return (
    <fieldset className="mb-4 form-rows" id={fieldPathId.$id} tabIndex={-1}>
      <legend className="form-label">
        {title}
        {required && !locked && <span className="text-danger"> *</span>}
      </legend>
      {description && <div className="form-text mt-0 mb-1">{description}</div>}
      {!locked &&
        files?.put &&
        !files.refused &&
        columns.some(([, cell]) => areDocuments(cell) || isDocument(cell)) && (
          <div className="form-text mt-0 mb-1">{limitsOf(files)}</div>
        )}
      {items.length > 0 && (
        <table className="table table-sm align-top mb-2">
          <thead>
            <tr>
              <th scope="col" className="row-number">
                序号
              </th>
              {columns.map(([name, cell]) => (
                <Heading key={name} name={name} cell={cell} required={schema.items.required?.includes(name)} />
              ))}
              {!locked && (
                <th scope="col">
                  <span className="visually-hidden">操作</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>{items}</tbody>
          <Totals columns={columns} rows={formData ?? []} hasTools={!locked} />
        </table>
      )}
      {items.length === 0 && <p className="text-body-secondary small mb-2">{locked ? '无' : '还没有内容。'}</p>}
      {canAdd && !locked && (
        <button type="button" className="btn btn-outline-secondary btn-sm" onClick={onAddClick}>
          新增一行
        </button>
      )}
      {rawErrors.length > 0 &&
        createElement(registry.templates.FieldErrorTemplate, { errors: rawErrors, fieldPathId, schema, registry })}
    </fieldset>
  );
}

export function TableRowTemplate({ children, index, buttonsProps, readonly, disabled }) {
  return (
    <tr>
      <td className="row-number">{index + 1}</td>
      {children}
      {!readonly && !disabled && (
        <td className="row-tools">
          {buttonsProps.hasRemove && (
            <button
              type="button"
              className="btn btn-link btn-sm text-danger"
              onClick={buttonsProps.onRemoveItem}
              aria-label={`删除第 ${index + 1} 行`}
            >
              删除
            </button>
          )}
        </td>
      )}
    </tr>
  );
}

export function RowTemplate({ properties, schema }) {
  return properties.map(({ name, content }) => (
    <td key={name} className={isMoney(schema.properties?.[name] ?? {}) ? 'text-end' : undefined}>
      {content}
    </td>
  ));
}

export function CellTemplate({ id, label, children, errors, hidden }) {
  if (hidden) return <div hidden>{children}</div>;
  return (
    <div>
      <label className="cell-label" htmlFor={id}>
        {label}
      </label>
      {children}
      {errors}
    </div>
  );
}
