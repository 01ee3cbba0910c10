/** The page of something between client and API: a gateway, a proxy, a captive portal. */
export const htmlPage = (title: string): string =>
  `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
