/** Currencies whose minor unit is not a hundredth (ISO 4217). */
const DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((code) => [code, 3])),
  ...Object.fromEntries(
    // prettier-ignore
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]
      .map((code) => [code, 0]),
  ),
};

/** An amount as people write it: 16926 of GBP, in minor units, is `169.26 GBP`. */
export function moneyText({ amount, currency }: { amount: number; currency: string }): string {
  const decimals = DECIMALS[currency] ?? 2;
  const digits = String(Math.abs(amount)).padStart(decimals + 1, "0");
  const place = digits.length - decimals;
  const part = decimals > 0 ? `.${digits.slice(place)}` : "";
  return `${amount < 0 ? "-" : ""}${digits.slice(0, place)}${part} ${currency}`;
}
