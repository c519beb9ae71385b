/** Currencies whose minor unit is not a hundredth (ISO 4217). */
const DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code) => [code, 3])),
  ...Object.fromEntries(
    // prettier-ignore
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]
      .map((code) => [code, 0]),
  ),
};

/** How many decimals an amount of a currency has as people write it. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/** An amount as people write it: 16926 of GBP, in minor units, is `169.26 GBP`. */
export function moneyText({ amount, currency }: { amount: number; currency: string }): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, "0");
  const place = digits.length - decimals;
  const part = decimals > 0 ? `.${digits.slice(place)}` : "";
  return `${amount < 0 ? "-" : ""}${digits.slice(0, place)}${part} ${currency}`;
}
