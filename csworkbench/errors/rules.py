"""Each rule of the check: what is wrong, and what to do about it."""

from __future__ import annotations

_NUMBERS = "Correct the cell, or declare the notation in workspace.toml: numbers under [tables.{table}].{advice}"
_TOLERATE = "Correct the rows, or declare what to do with them: {policy} = {choices} under [tables.{table}]."
_CELL = "Correct the cell in the export."

RULES: dict[str, tuple[str, str]] = {
    "required_empty": ("is empty, but every row needs it", "Fill it in the export, or leave such rows out by `where`."),
    "sheet_error": ("is an error of the spreadsheet, not a value", "Mend the formula and export again."),
    "blank_around_key": (
        "has blanks around it",
        "Take the blanks off in the export; keys are compared exactly as they are written.",
    ),
    "control_character": ("holds a control character", _CELL),
    "lost_character": ("holds U+FFFD: a character was lost before", "Export again with the right encoding."),
    "key_lost_digits": (
        "is a long number that a spreadsheet has rounded, so its digits are lost",
        "Export the column as text.",
    ),
    "not_a_choice": (
        "is not one of {choices}",
        "Map it to one of them: values under [tables.{table}.columns.{field}].",
    ),
    "not_finite": (
        "is not a finite number",
        "Correct the cell, or declare what an unknown number looks like: empty under [tables.{table}.columns.{field}].",
    ),
    "not_a_number": ("is not a number written as {written}", _NUMBERS),
    "too_large": ("is larger than any plausible value", _CELL),
    "not_whole": ("is not a whole number", _CELL),
    "too_many_decimals": ("has more than 4 decimals", "Round it to the currency's unit in the export."),
    "negative_mrr": (
        "is negative",
        "Correct the rows, or declare that negative MRR is a credit: credits = true under [tables.{table}].",
    ),
    "out_of_range": ("is outside the range {range}", _TOLERATE),
    "not_a_flag": (
        "is neither true/false, yes/no nor 1/0",
        "Map it: values under [tables.{table}.columns.{field}].",
    ),
    "not_a_date": (
        "is not a date",
        "Write dates as {written}, or declare the format in workspace.toml: format under [tables.{table}].{advice}",
    ),
    "impossible_date": ("is not a day of the calendar", _CELL),
    "day_month_swapped": (
        'has day and month the other way round than the declared format "{written}"',
        "Correct the cell; one column can have one order only.",
    ),
    "time_of_day": (
        "has a time of day where a date is wanted",
        "Export the local date, or declare it: format under [tables.{table}.columns.{field}], for example"
        ' "%Y-%m-%d %H:%M:%S".',
    ),
    "date_out_of_range": ("lies before 1900 or after 2200", _CELL),
    "open_end": ("is read as no end", "Nothing is to be done."),
    "not_a_timestamp": (
        "is not a time",
        "Write times as {written}, or declare the format in workspace.toml: format under [tables.{table}].{advice}",
    ),
    "impossible_timestamp": ("is not a time of the calendar", _CELL),
    "no_time_of_day": (
        "has no time of day",
        'Export the time too, or declare that there is none: format = "%Y-%m-%d" under'
        " [tables.{table}.columns.{field}].",
    ),
    "dst_gap": (
        "does not exist in {zone}: clocks were set forward over it",
        "Declare the zone in which it was written: time_zone under [tables.{table}].",
    ),
    "mixed_offsets": (
        "has no offset from UTC, but {n_with} other times of the column have one",
        "Export all of them with it, or declare the zone of those without: time_zone under [tables.{table}].",
    ),
    "bad_format": (
        "is not a date format",
        'Give strptime patterns such as "%d/%m/%Y", "YYYY/M/D", or wareki, excel, iso; several parted by " | ".',
    ),
    "unknown_notation": ("is not a notation of numbers", 'There is: {known}; several are joined by " + ".'),
    "two_readings": (
        "reads one text in two ways",
        "Keep the one that holds; map files written otherwise on their own.",
    ),
    "unknown_time_zone": ("is not a time zone", 'Give an IANA name such as "Europe/Berlin" or "Asia/Tokyo".'),
    "bad_day": ("is not a day", "Write it as YYYY-MM-DD."),
    "reserved_segment": (
        "is the name that packs give to all accounts together",
        "Give the segment another name: values under [tables.{table}.columns.{field}].",
    ),
    "duplicate_row": ("repeats row {first} of {first_file} word for word", _TOLERATE),
    "duplicate_key": ("has the same key as row {first} of {first_file} but other values", _TOLERATE),
    "near_key": (
        'is nearly the key "{other}" ({where}); they differ only in {how}',
        'Write one key one way; or, if they are different, declare on_near_key = "keep" under [tables.{table}].',
    ),
    "orphan": ("is not in {target} ({n_keys} different, such as {sample})", _TOLERATE),
    "overlap": ("holds at the same time as {other} of the same subscription", _TOLERATE),
    "no_rate": (
        "is not the company's currency {currency}",
        "Declare what one unit is worth in {currency}: {value} = … under [rates].",
    ),
    "no_currency": (
        "is empty, so its amount has no currency",
        "Fill it in the export, or declare the currency of all rows by `constant`.",
    ),
    "not_a_currency": (
        "is not a currency code of three capitals",
        "Map it: values under [tables.{table}.columns.{field}].",
    ),
    "reversed": ("lies before {other}", _TOLERATE),
    "future_date": (
        "lies after the day of the export, {day}",
        "Correct the rows, or the day (exported_on under [company]), or declare what to do with them:"
        " {policy} = {choices} under [tables.{table}].",
    ),
    "before_start": ("lies before the account's start on {other}", _TOLERATE),
    "before_subscription": ("lies before the account's first subscription on {other}", _TOLERATE),
    "after_end": ("lies after the end of the account's last subscription on {other}", _TOLERATE),
    "left_but_paying": (
        "says that the account {account} has left, but it pays for {other} on {day}",
        _TOLERATE,
    ),
    "stays_but_not_paying": (
        "says that the account {account} has not left, but its last subscription ended on {other}",
        _TOLERATE,
    ),
    "churn_without_end": (
        "is the day of a churn, but the account pays for {other} on {until}",
        _TOLERATE,
    ),
    "total_differs": (
        "is the total of the rows that were read, but {declared} is declared",
        "Export again, or correct {field} under [tables.{table}.totals].",
    ),
    "seal_broken": (
        "is not the file that was sealed",
        "Fetch it again, or correct sha256 under [tables.{table}].",
    ),
    "missing_table": (
        "there is no table {table}",
        "Declare where it comes from under [tables.{table}].",
    ),
    "missing_column": (
        "has no column for {field}, which every row needs",
        "Declare where it comes from under [tables.{table}.columns].",
    ),
    "usage_twice": (
        "both usage and events are declared",
        "Keep one: raw events are rolled up to usage, so a second usage would be lost or counted twice.",
    ),
}
