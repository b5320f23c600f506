// The few words that react-jsonschema-form says by itself.
import { TranslatableString as T, englishStringTranslator, replaceStringParameters } from '@rjsf/utils';

const CHINESE = {
  [T.ArrayItemTitle]: '条目',
  [T.EmptyArray]: '暂无内容，请点“新增一行”。',
  [T.YesLabel]: '是',
  [T.NoLabel]: '否',
  [T.CloseLabel]: '关闭',
  [T.ErrorsLabel]: '请更正以下问题',
  [T.AddButton]: '新增',
  [T.AddItemButton]: '新增一行',
  [T.CopyButton]: '复制',
  [T.MoveDownButton]: '下移',
  [T.MoveUpButton]: '上移',
  [T.RemoveButton]: '删除',
  [T.NowLabel]: '现在',
  [T.ClearLabel]: '清除',
  [T.ClearButton]: '清空',
};

export const translateString = (text, values) =>
  text in CHINESE ? replaceStringParameters(CHINESE[text], values) : englishStringTranslator(text, values);
