import x, { y } from "./a";
export * from '../b';
const z = require("./index.js");
await import(`./a`);
