// Stands where ajv would: see vite.config.js.
export default {};
