/** The files that a shared document can be taken along as. */
export const exportFormats = ['docx', 'pdf', 'html', 'markdown'] as const;
