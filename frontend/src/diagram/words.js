// The words that the viewer says by itself: only drilling into a collapsed sub-process has any.
const CHINESE = {
  'Open {element}': '展开“{element}”',
  'Main Process': '主流程',
  'no diagram to display': '没有可显示的流程图',
  'no process or collaboration to display': '没有可显示的流程',
};

export default {
  translate: [
    'value',
    (text, values = {}) => (CHINESE[text] ?? text).replace(/{([^}]+)}/g, (_, name) => values[name] ?? `{${name}}`),
  ],
};
