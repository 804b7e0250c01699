"""Situations that films get into, and the release that counts in each. Days are of 2025 unless they name a year."""

from tests.domain.case import C, Case, D, P

CINEMA_CASES = {
    "one_cinema_release_counts": Case(("US theatrical 06-06",), "US theatrical 06-06"),
    "nothing_is_known": Case(()),
    "festival_first_then_the_cinema": Case(("US premiere 05-22", "US theatrical 06-06"), "US theatrical 06-06"),
    "a_festival_is_all_there_is": Case(("US premiere 05-22",)),
    "digital_before_the_cinema_does_not_count": Case(
        ("US digital 05-01", "US theatrical 06-06"), "US theatrical 06-06"
    ),
    "to_be_announced_is_said_but_has_no_day": Case(("US theatrical tba",), "US theatrical tba"),
    "a_year_is_said_as_a_year": Case(("US theatrical 2027",), "US theatrical 2027"),
    "an_imax_note_is_a_release": Case(("US theatrical 06-06 IMAX",), "US theatrical 06-06 IMAX"),
    "another_countrys_earlier_day_is_not_ours": Case(
        ("FR theatrical 06-04", "US theatrical 06-06"), "US theatrical 06-06"
    ),
}
LIMITED_CASES = {
    "limited_before_wide_counts_and_names_the_wide_one": Case(
        ("US limited 12-20 New York and Los Angeles", "US theatrical 2026-01-10"),
        "US limited 12-20 New York and Los Angeles", wide="US theatrical 2026-01-10",
    ),
    "limited_alone_counts": Case(("US limited 12-20",), "US limited 12-20"),
    "wide_before_limited_has_no_wide_to_come": Case(("US theatrical 06-06", "US limited 06-13"), "US theatrical 06-06"),
    "wide_and_limited_on_one_day_is_wide": Case(
        ("US limited 06-06 IMAX 70 mm", "US theatrical 06-06"), "US theatrical 06-06"
    ),
    "early_limited_imax_is_the_limited_release": Case(
        ("US limited 06-04 IMAX", "US theatrical 06-06"), "US limited 06-04 IMAX", wide="US theatrical 06-06"
    ),
    "limited_by_day_wide_by_year": Case(
        ("US limited 12-20", "US theatrical 2026"), "US limited 12-20", wide="US theatrical 2026"
    ),
    "wide_without_a_day_inside_its_year_waits_behind_limited": Case(
        ("US theatrical 2025", "US limited 05-30"), "US limited 05-30", wide="US theatrical 2025"
    ),
    "limited_to_be_announced_beside_a_wide_day": Case(
        ("US limited tba", "US theatrical 06-06"), "US theatrical 06-06"
    ),
    "tracked_between_limited_and_wide_owes_the_wide_one": Case(
        ("US limited 05-30", "US theatrical 06-06"), "US limited 05-30", ("US theatrical 06-06",),
        tracked="06-01", wide="US theatrical 06-06",
    ),
    "tracked_between_limited_and_wide_with_a_stream_before_the_wide_one": Case(
        ("US limited 12-20", "US digital 2026-01-07", "US theatrical 2026-01-10"), "US limited 12-20",
        ("US theatrical 2026-01-10",), tracked="12-25", wide="US theatrical 2026-01-10",
    ),
    "tracked_between_limited_and_a_wide_one_without_any_date_owes_the_stream": Case(
        ("US limited 12-20", "US digital 2026-01-07", "US theatrical tba"), "US limited 12-20",
        ("US digital 2026-01-07",), tracked="12-25", wide="US theatrical tba",
    ),
}  # fmt: skip
LANGUAGE_CASES = {
    "switzerland_german_before_french_counts_the_german_day": Case(
        ("de CH theatrical 11-04", "fr CH theatrical 11-10"), "de CH theatrical 11-04",
        country="CH", others=("fr CH theatrical 11-10",),
    ),
    "switzerland_french_before_german_counts_the_french_day": Case(
        ("de CH theatrical 11-18", "fr CH theatrical 11-10", "it CH theatrical 12-02"), "fr CH theatrical 11-10",
        country="CH", others=("de CH theatrical 11-18", "it CH theatrical 12-02"),
    ),
    "switzerland_in_all_languages_on_one_day_is_one_day": Case(
        ("fr CH theatrical 11-04", "de CH theatrical 11-04"), "de CH theatrical 11-04",
        country="CH", others=("fr CH theatrical 11-04",),
    ),
    "switzerland_german_tracked_after_it_owes_the_french_day": Case(
        ("de CH theatrical 11-04", "fr CH theatrical 11-10"), "de CH theatrical 11-04", ("fr CH theatrical 11-10",),
        country="CH", tracked="11-06", others=("fr CH theatrical 11-10",),
    ),
    "belgium_dutch_by_day_french_by_month_is_one_release": Case(
        ("nl BE theatrical 11-05", "fr BE theatrical 11"), "nl BE theatrical 11-05", country="BE"
    ),
    "canada_french_re_release_does_not_precede_english": Case(
        ("fr CA theatrical 03-01 Ressortie 4K", "en CA theatrical 06-06"), "en CA theatrical 06-06", country="CA"
    ),
    "a_city_in_a_note_is_another_day_of_the_same_release": Case(
        ("IN theatrical 06-06 Mumbai", "IN theatrical 06-13 Chennai"), "IN theatrical 06-06 Mumbai",
        country="IN", others=("IN theatrical 06-13 Chennai",),
    ),
}  # fmt: skip
STREAMING_CASES = {
    "streaming_only_counts_for_who_wants_the_cinema": Case(("US digital 05-01 Netflix",), "US digital 05-01 Netflix"),
    "streaming_here_a_cinema_elsewhere_has_no_date_here": Case(
        ("US digital 05-01", "GB theatrical 06-06"), elsewhere="GB theatrical 06-06"
    ),
    "streaming_after_a_festival_counts": Case(("US premiere 01-24 Sundance", "US digital 05-01"), "US digital 05-01"),
    "straight_to_disc_counts": Case(("US physical 07-01", "US tv 08-01"), "US physical 07-01"),
    "a_film_made_for_tv_counts_by_its_broadcast": Case(("GB tv 12-25",), "GB tv 12-25", country="GB"),
    "two_services_the_earlier_counts": Case(
        ("US digital 05-15 Apple TV", "US digital 05-01 Netflix"), "US digital 05-01 Netflix",
        others=("US digital 05-15 Apple TV",),
    ),
    "streaming_only_tracked_after_it_owes_the_disc": Case(
        ("US digital 05-01", "US physical 09-02"), "US digital 05-01", ("US physical 09-02",), tracked="06-01"
    ),
    "out_in_cinemas_when_tracked_owes_digital": Case(
        ("US theatrical 06-06", "US digital 07-01"), "US theatrical 06-06", ("US digital 07-01",), tracked="06-07"
    ),
    "out_in_cinemas_on_the_day_of_tracking_is_still_owed": Case(
        ("US theatrical 06-06", "US digital 07-01"), "US theatrical 06-06", tracked="06-06"
    ),
    "all_of_it_out_when_tracked_owes_nothing": Case(
        ("US theatrical 06-06", "US digital 07-01"), "US theatrical 06-06", (), tracked="08-01"
    ),
}  # fmt: skip
THREE = ("US theatrical 06-06", "US digital 07-01", "US physical 09-02")
WANTED_CASES = {
    "cinema_and_digital_are_both_owed": Case(THREE, THREE[0], THREE[:2], wanted=(C, D)),
    "all_three_are_owed_each_once": Case(THREE, THREE[0], THREE, wanted=(C, D, P)),
    "digital_alone_is_what_counts": Case(THREE, THREE[1], wanted=(D,)),
    "disc_alone_is_what_counts": Case(THREE, THREE[2], wanted=(P,)),
    "digital_is_wanted_and_unknown_the_cinema_is_said_but_not_owed": Case(
        ("US theatrical 06-06",), "US theatrical 06-06", (), wanted=(D,)
    ),
    "digital_is_wanted_and_only_a_disc_is_known_of_a_film_without_cinema": Case(
        ("US physical 07-01",), "US physical 07-01", (), wanted=(D,)
    ),
    "a_broadcast_years_after_the_cinema_is_not_digital": Case(
        ("US theatrical 06-06", "US tv 2027-12-25"), "US theatrical 06-06", (), wanted=(D,)
    ),
    "a_broadcast_of_a_film_without_cinema_is_digital": Case(("US tv 05-01 HBO",), "US tv 05-01 HBO", wanted=(D,)),
    "streaming_only_is_owed_once_to_who_wants_cinema_and_digital": Case(
        ("US digital 05-01",), "US digital 05-01", wanted=(C, D)
    ),
    "streaming_only_and_its_disc_for_who_wants_cinema_and_disc": Case(
        ("US digital 05-01", "US physical 09-02"), "US digital 05-01", ("US digital 05-01", "US physical 09-02"),
        wanted=(C, P),
    ),
    "in_cinemas_and_digital_on_one_day_are_two_things": Case(
        ("US digital 12-22 HBO Max", "US theatrical 12-22"), "US theatrical 12-22",
        ("US theatrical 12-22", "US digital 12-22 HBO Max"), wanted=(C, D),
    ),
    "digital_before_the_cinema_counts_for_who_wants_both": Case(
        ("US digital 05-01", "US theatrical 06-06"), "US digital 05-01",
        ("US digital 05-01", "US theatrical 06-06"), wanted=(C, D),
    ),
    "cinema_out_when_tracked_owes_the_digital_that_was_chosen": Case(
        THREE, THREE[0], THREE[1:2], wanted=(C, D), tracked="06-07"
    ),
    "who_chose_cinema_and_digital_is_owed_no_disc_when_both_are_out": Case(
        THREE, THREE[0], (), wanted=(C, D), tracked="08-01"
    ),
    "who_waits_for_digital_is_owed_no_disc_instead": Case(
        ("US theatrical 06-06", "US physical 09-02"), "US theatrical 06-06", (), wanted=(D,), tracked="06-07"
    ),
    "limited_then_wide_with_digital_owes_limited_and_digital": Case(
        ("US limited 05-30", "US theatrical 06-06", "US digital 07-01"), "US limited 05-30",
        ("US limited 05-30", "US digital 07-01"), wanted=(C, D), wide="US theatrical 06-06",
    ),
    "two_services_the_second_is_still_to_come_for_who_tracks_between": Case(
        ("US digital 05-01 Netflix", "US digital 07-01 Apple TV"), "US digital 05-01 Netflix",
        ("US digital 07-01 Apple TV",), wanted=(D,), tracked="06-01", others=("US digital 07-01 Apple TV",),
    ),
}  # fmt: skip
PRECISION_CASES = {
    "a_month_beside_a_day_of_it_is_the_day": Case(("US theatrical 06", "US theatrical 06-06"), "US theatrical 06-06"),
    "a_year_beside_a_day_of_it_is_the_day": Case(("US theatrical 2025", "US theatrical 06-06"), "US theatrical 06-06"),
    "to_be_announced_beside_a_day_is_it": Case(("US theatrical tba", "US theatrical 06-06"), "US theatrical 06-06"),
    "a_month_beside_its_last_day_is_the_day": Case(("US theatrical 06", "US theatrical 06-30"), "US theatrical 06-30"),
    "a_month_before_a_day_is_earlier": Case(
        ("US theatrical 05 Dubbed", "US theatrical 06-06"), "US theatrical 05 Dubbed", others=("US theatrical 06-06",)
    ),
    "a_month_whose_day_was_out_when_tracked_is_not_still_to_come": Case(
        ("US theatrical 06", "US theatrical 06-06", "US digital 07-01"), "US theatrical 06-06", ("US digital 07-01",),
        tracked="06-10",
    ),
    "a_month_that_is_not_over_when_tracked_is_still_to_come": Case(
        ("US theatrical 06",), "US theatrical 06", tracked="06-30"
    ),
    "a_quarter_beside_its_month_is_the_month": Case(("US theatrical Q2", "US theatrical 06"), "US theatrical 06"),
}  # fmt: skip
ELSEWHERE_CASES = {
    "no_date_here_the_united_states_have_one": Case(
        ("US theatrical 06-06", "FR theatrical 06-04"), country="IS", elsewhere="US theatrical 06-06"
    ),
    "no_date_here_the_films_home_goes_first": Case(
        ("US theatrical 06-06", "JP theatrical 08-01"), country="IS", elsewhere="JP theatrical 08-01", homes=("JP",)
    ),
    "no_date_here_nor_at_home_nor_in_the_united_states": Case(
        ("IT theatrical 06-12", "FR theatrical 06-04"), country="IS", elsewhere="FR theatrical 06-04", homes=("JP",)
    ),
    "a_cinema_elsewhere_is_nearer_than_a_stream_at_home": Case(
        ("FR digital 01-10", "IT theatrical 06-12"), country="IS", elsewhere="IT theatrical 06-12", homes=("FR",)
    ),
    "who_wants_digital_hears_of_digital_elsewhere": Case(
        ("US theatrical 06-06", "US digital 07-01"), country="IS", wanted=(D,), elsewhere="US digital 07-01"
    ),
    "to_be_announced_elsewhere_is_no_statement": Case(("US theatrical tba",), country="IS"),
    "a_festival_elsewhere_is_no_statement": Case(("FR premiere 05-22 Cannes",), country="IS"),
    "a_year_that_was_overtaken_is_no_statement": Case(
        ("JP theatrical 2024", "US theatrical 06-06"), country="IS", elsewhere="US theatrical 06-06", homes=("JP",)
    ),
    "a_year_that_may_still_hold_is_one": Case(
        ("JP theatrical 2025", "US theatrical 06-06"), country="IS", elsewhere="JP theatrical 2025", homes=("JP",)
    ),
    "what_is_known_here_of_another_way_is_not_elsewhere": Case(
        ("IS digital 05-01", "US theatrical tba"), country="IS"
    ),
}  # fmt: skip
