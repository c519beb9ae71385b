"""The same 20 rules by columns: pandera on polars, and Great Expectations on pandas. They read the whole file into memory."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

NEEDED: Final = (
    "reg",
    "surname",
    "first_name",
    "inception",
    "date_of_birth",
    "postcode",
    "make",
    "value",
    "fuel",
)


def pandera(file: Path, forms: dict[str, str], lists: dict[str, tuple[str, ...]]) -> Iterator[int]:
    """Numbers of the rows with a reason against them."""
    pl, pa = import_module("polars"), import_module("pandera.polars")
    read = pl.read_csv(file, infer_schema=False).fill_null("")
    days, whole, figures = (
        ("inception", "date_of_birth"),
        ("year", "mileage"),
        ("value", "monthly", "annual"),
    )
    typed = {
        **{name: pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in days},
        **{name: pl.col(name).cast(pl.Int64, strict=False) for name in whole},
        **{name: pl.col(name).cast(pl.Decimal(18, 2), strict=False) for name in figures},
    }
    frame = read.with_columns(
        **{f"{name}_typed": expression for name, expression in typed.items()}
    ).with_row_index("row", 2)
    untyped = [(pl.col(name) != "") & pl.col(f"{name}_typed").is_null() for name in typed]

    def holds(expression: Any) -> Any:
        return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(value=True)))

    columns = {
        "policy_ref": pa.Column(str, pa.Check.str_matches(f"^{forms['policy_ref']}$")),
        **{name: pa.Column(str, pa.Check.str_length(min_value=1)) for name in NEEDED},
        "email": pa.Column(str, pa.Check.str_matches(f"^({forms['email']})?$")),
    }
    columns["postcode"] = pa.Column(str, pa.Check.str_matches(f"^{forms['postcode']}$"))
    for name, known in lists.items():
        columns[name] = pa.Column(str, pa.Check.isin(known))
    start, born, year = (pl.col(f"{name}_typed") for name in ("inception", "date_of_birth", "year"))
    checks = [
        *(holds(~expression) for expression in untyped),
        holds(pl.col("value_typed") >= 100),
        holds(pl.col("policy_ref").is_first_distinct()),
        holds(year >= 1960),
        holds(pl.col("mileage_typed") <= 100_000),
        holds(year <= start.dt.year()),
        holds(start.dt.year() - born.dt.year() >= 17),
        holds(pl.col("annual_typed") == pl.col("monthly_typed") * 12),
    ]
    schema = pa.DataFrameSchema(columns, checks=checks)
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        places = errors.failure_cases["index"].drop_nulls().unique()
        yield from sorted(place + 2 for place in places)


def great_expectations(
    file: Path, forms: dict[str, str], lists: dict[str, tuple[str, ...]]
) -> Iterator[int]:
    """The same, as expectations that list every unexpected row."""
    pd, gx = import_module("pandas"), import_module("great_expectations")
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    days = {
        name: pd.to_datetime(frame[name], format="%Y-%m-%d", errors="coerce")
        for name in ("inception", "date_of_birth")
    }
    figures = {
        name: pd.to_numeric(frame[name], errors="coerce")
        for name in ("value", "year", "mileage", "monthly", "annual")
    }
    for name, typed in (days | figures).items():
        is_whole = name in {"year", "mileage"}
        frame[f"{name}_untyped"] = (frame[name] != "") & (
            typed.isna() | (typed % 1 != 0 if is_whole else False)
        )
    frame = frame.assign(**{f"{name}_typed": typed for name, typed in figures.items()})
    start, born = days["inception"].dt.year, days["date_of_birth"].dt.year
    frame["future"] = figures["year"] > start
    frame["young"] = start - born < 17
    frame["twelve"] = (figures["annual"] - figures["monthly"] * 12).abs() > 0.001
    frame["again"] = frame["policy_ref"].duplicated()
    expect = gx.expectations
    false = ("future", "young", "twelve", "again", *(f"{name}_untyped" for name in days | figures))
    least, most = {"value_typed": 100, "year_typed": 1960}, {"mileage_typed": 100_000}
    wanted = [
        *(expect.ExpectColumnValueLengthsToBeBetween(column=name, min_value=1) for name in NEEDED),
        *(
            expect.ExpectColumnValuesToMatchRegex(
                column=name, regex=f"^({form})?$" if name == "email" else f"^{form}$"
            )
            for name, form in forms.items()
        ),
        *(
            expect.ExpectColumnValuesToBeInSet(column=name, value_set=list(known))
            for name, known in lists.items()
        ),
        *(
            expect.ExpectColumnValuesToBeBetween(column=name, min_value=low)
            for name, low in least.items()
        ),
        *(
            expect.ExpectColumnValuesToBeBetween(column=name, max_value=high)
            for name, high in most.items()
        ),
        *(expect.ExpectColumnValuesToBeInSet(column=name, value_set=[False]) for name in false),
    ]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("bench").add_dataframe_asset("file")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
    found: set[int] = set()
    for each in wanted:
        result = batch.validate(each, result_format="COMPLETE").result
        found.update(result.get("unexpected_index_list") or ())
    yield from sorted(place + 2 for place in found)
