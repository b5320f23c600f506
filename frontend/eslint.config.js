// What prettier does not see: names that are not there, hooks that forget what they read.
import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import globals from 'globals';

export default [
  { ignores: ['node_modules'] },
  js.configs.recommended,
  {
    files: ['**/*.{js,jsx}'],
    linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' },
    languageOptions: { ecmaVersion: 2023, parserOptions: { ecmaFeatures: { jsx: true } } },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-shadow': 'error',
      'no-console': 'error',
    },
  },
  { files: ['src/**'], ...hooks.configs.flat['recommended-latest'] },
  { files: ['src/**', 'tests/**'], languageOptions: { globals: globals.browser } },
  { files: ['*.config.js'], languageOptions: { globals: globals.node } },
];
