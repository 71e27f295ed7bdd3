import { buildExample } from "../../scripts/build-example.mjs";

export default buildExample;
