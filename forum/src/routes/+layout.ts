/** Pages are whole without a line of script: forms, links, nothing to wait for. */
export const csr = false;
