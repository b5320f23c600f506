import { defineConfig } from 'vitest/config';
import react from '@vitejs/plugin-react';

const path = (relative) => new URL(relative, import.meta.url).pathname;

// One page loads one entry. Pages find the hashed names through manifest.json (app/web/assets.py).
export default defineConfig({
  base: './',
  plugins: [react()],
  resolve: {
    // ajv writes code at run time, which the content security policy forbids; src/form/validator.js takes its place.
    alias: { '@rjsf/validator-ajv8': path('src/form/no_ajv.js') },
  },
  test: {
    include: ['tests/**/*.test.{js,jsx}'],
    restoreMocks: true,
    unstubGlobals: true,
    server: { deps: { inline: ['@rjsf/core'] } }, // it asks for ajv: the alias above holds only for what goes through vite
  },
  build: {
    outDir: path('../app/web/static/built'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    assetsInlineLimit: 0, // the policy allows data: for images only
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600, // kB; the form island is react and react-jsonschema-form
    rollupOptions: {
      input: {
        site: path('src/site.js'),
        form: path('src/form/index.jsx'),
        diagram: path('src/diagram/index.js'),
      },
    },
  },
});
