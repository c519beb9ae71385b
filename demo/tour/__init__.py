"""`tour`: what the platform does beside the main job, played over real HTTP, one scene after another.

A scene is a function that is given the visitor and returns the line that says how it ended. To add
one, write it in a module here and name it in `SCENES`.
"""

from __future__ import annotations

from collections.abc import Callable

from demo.tour import (
    api_products,
    audit,
    claims,
    controls,
    customers,
    data,
    desk,
    documents,
    evidence,
    partners,
    policy_life,
    webhooks,
)
from demo.tour.visitor import TourFailed, Visitor
from local.settings import Settings
from local.stack import Stack

__all__ = ["TourFailed", "play"]

SCENES: tuple[Callable[[Visitor], str], ...] = (
    policy_life.changed_and_changed_again_with_effect_before,
    policy_life.cancelled_and_brought_back,
    policy_life.renewed_without_a_gap,
    policy_life.paid_by_instalments_and_accounted_for,
    policy_life.in_arrears_given_notice_cured_and_lapsed,
    customers.found_and_moved_with_every_policy,
    customers.joined_and_parted,
    documents.written_about_and_filed,
    evidence.sent_checked_and_read_again,
    claims.denied_with_reasons,
    claims.referred_and_paid_after_a_second_person_agreed,
    claims.opened_again_and_topped_up,
    claims.recovered_and_shared,
    claims.paid_by_a_file_for_the_bank,
    desk.complained_about_and_put_right,
    desk.work_listed_by_role,
    data.mapped_tried_kept_back_mended_and_quoted,
    controls.stopped_by_one_person_and_let_go_by_two,
    controls.tried_on_the_calls_of_the_day_before_anybody_approves,
    controls.narrowed_by_a_policy_that_another_person_approved,
    partners.brought_in_by_two_people_and_stopped,
    api_products.published_by_two_people_and_told_to_who_has_it,
    partners.told_what_it_called,
    partners.a_quota_that_ends,
    audit.proved_to_an_outsider,
    webhooks.told_by_a_webhook_that_says_who_sent_it,
)


def play(settings: Settings) -> None:
    """Play every scene on one stack; raise TourFailed at the first that does not end as it should."""
    with Stack(settings) as stack, Visitor(stack) as visitor:
        for scene in SCENES:
            print(f"\n{scene.__name__.replace('_', ' ').capitalize()}")
            print(f"OK: {scene(visitor)}")
