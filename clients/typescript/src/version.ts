/** The version of this package, which is the API's. */
export const VERSION = "0.10.0";
