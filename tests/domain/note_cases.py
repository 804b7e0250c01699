"""Notes that make a release another film's day, a festival's or nothing special, in the words of several countries."""

from tests.domain.case import Case, D, P

AGAIN_NOTES = (
    "Re-release", "Rerelease (4K)", "re-issue", "25th Anniversary", "4K restoration", "Remastered", "Director's Cut",
    "Director’s cut", "Back in theaters", "Wiederaufführung", "Reprise", "Ressortie", "Reestreno", "Riedizione",
    "Relançamento", "version restaurée", "40 Jahre Jubiläumsfassung", "Nypremiär", "повторный прокат",
    "再上映", "재개봉",
)  # fmt: skip
AGAIN_CASES = {
    f"a_re_release_noted_{note.replace(' ', '_')}_before_the_release_is_none": Case(
        (f"US theatrical 02-14 {note}", "US theatrical 06-06"), "US theatrical 06-06"
    )
    for note in AGAIN_NOTES
} | {
    "a_re_release_years_later_changes_nothing": Case(
        ("US theatrical 06-06", "US theatrical 2035-06-06 10th anniversary"), "US theatrical 06-06"
    ),
    "a_re_release_still_to_come_is_not_owed_of_an_old_film": Case(
        ("US theatrical 1999-10-15", "US theatrical 2026-10-15 4K Re-release"), "US theatrical 1999-10-15", (),
        tracked="06-01",
    ),
    "only_a_re_release_here_says_what_is_true_elsewhere": Case(
        ("KR theatrical 03-19 Re-release, tenth anniversary", "US theatrical 2014-10-24"),
        country="KR", elsewhere="US theatrical 2014-10-24",
    ),
    "a_digital_re_release_is_none_either": Case(
        ("US digital 03-01 Remastered", "US digital 05-01"), "US digital 05-01", wanted=(D,)
    ),
    "a_later_cut_on_disc_is_not_the_disc": Case(
        ("US physical 02-01 Extended Edition", "US physical 05-01 4K UHD"), "US physical 05-01 4K UHD", wanted=(P,)
    ),
    "a_restaurant_is_not_a_restoration": Case(
        ("US theatrical 06-06 Restaurant screenings",), "US theatrical 06-06 Restaurant screenings"
    ),
    "not_a_re_release_is_a_release": Case(
        ("US theatrical 06-06 Not a re-release",), "US theatrical 06-06 Not a re-release"
    ),
}  # fmt: skip
FESTIVAL_NOTES = (
    "Cannes Film Festival", "Festival de Cannes", "TIFF", "Sundance", "Filmfest München", "SXSW, Austin",
    "Early Access", "IMAX early access", "Sneak preview", "Thursday previews", "Fan screening", "London premiere",
    "Avant-première", "Vorpremiere", "Preestreno", "Anteprima", "предпремьерный показ", "先行上映",
)  # fmt: skip
FESTIVAL_CASES = {
    f"a_cinema_date_noted_{note.replace(' ', '_')}_is_no_release": Case(
        (f"US theatrical 05-22 {note}", "US theatrical 06-06"), "US theatrical 06-06"
    )
    for note in FESTIVAL_NOTES
} | {
    f"a_cinema_date_noted_{note.replace(' ', '_')}_is_a_release": Case(
        (f"US theatrical 06-06 {note}",), f"US theatrical 06-06 {note}"
    )
    for note in (
        "Festival Films presents", "Sundance Selects", "Premiere Cinemas", "Manifest Film", "After its run at Cannes",
        "Winner of the Berlinale", "Galapagos tour", "Dolby Cinema", "Diwali",
    )
} | {
    "a_limited_run_at_a_festival_is_no_limited_release": Case(
        ("US limited 09-06 Toronto International Film Festival", "US theatrical 10-10"), "US theatrical 10-10"
    ),
    "only_festivals_here_says_what_is_true_elsewhere": Case(
        ("CA theatrical 09-06 TIFF", "US theatrical 10-10"), country="CA", elsewhere="US theatrical 10-10"
    ),
    "a_festivals_online_edition_is_no_digital_release": Case(
        ("US digital 01-24 Sundance Film Festival, online", "US digital 05-01"), "US digital 05-01", wanted=(D,)
    ),
    "a_service_named_after_a_festival_is_a_digital_release": Case(
        ("US digital 05-01 Sundance Now",), "US digital 05-01 Sundance Now", wanted=(D,)
    ),
    "premier_access_is_a_digital_release": Case(
        ("US digital 05-01 Disney+ Premier Access",), "US digital 05-01 Disney+ Premier Access", wanted=(D,)
    ),
    "a_premiere_on_tv_is_a_broadcast": Case(("US tv 05-01 Premiere on HBO",), "US tv 05-01 Premiere on HBO"),
    "premiere_is_the_danish_word_for_a_release": Case(
        ("DK theatrical 06-06 Premiere",), "DK theatrical 06-06 Premiere", country="DK"
    ),
}  # fmt: skip
