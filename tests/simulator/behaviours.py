"""What the platform makes of a spec, how sure that is, and the tests that show the simulator doing it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """``tests``: their names in test_mutations or test_secrets."""

    what: str
    certainty: str
    tests: tuple[str, ...]


BEHAVIOURS = (
    Behaviour(
        "The value of a variable of type SECRET becomes `EV[1:nonce:ciphertext]`, another text each time",
        "documented",
        ("test_form", "test_another_value_each_time", "test_no_answer_has_the_plain_text"),
    ),
    Behaviour("`image.registry_credentials` likewise", "documented", ("test_registry_credentials_are_encrypted",)),
    Behaviour("`type: GENERAL` is dropped", "certain", ("test_row_3_type_general_is_dropped",)),
    Behaviour(
        "An absent or UNSET `scope` becomes RUN_AND_BUILD_TIME",
        "near certain",
        ("test_row_4_scope_is_filled", "test_row_4_given_scopes_stay"),
    ),
    Behaviour(
        "`routes` and `cors` of a component become rules of `ingress`",
        "near certain",
        ("test_row_5_routes_and_cors_become_ingress_rules",),
    ),
    Behaviour(
        "Without `ingress`, a public component gets a rule for `/`",
        "near certain for one component",
        (
            "test_row_6_a_public_component_gets_a_rule",
            "test_row_6_given_rules_stay",
            "test_row_6_no_rule_without_a_public_component",
            "test_row_6_several_public_components",
        ),
    ),
    Behaviour(
        "A service without any port gets `http_port: 8080`",
        "near certain",
        ("test_row_7_http_port_is_filled", "test_row_7_a_given_port_stays"),
    ),
    Behaviour(
        "A service with `internal_ports` alone gets no `http_port` and no rule",
        "near certain",
        ("test_row_8_internal_ports_alone",),
    ),
    Behaviour("A job without `kind` is POST_DEPLOY", "very likely", ("test_row_9_kind_is_filled",)),
    Behaviour(
        "An image without `deploy_on_push` stays without it",
        "inferred; an empty object may come instead",
        ("test_row_10_image_sources_stay_as_they_are",),
    ),
    Behaviour(
        "Domains get a `type`",
        "likely",
        ("test_row_11_types_of_domains", "test_row_11_a_given_primary_stays"),
    ),
    Behaviour(
        "Apps that are built by buildpacks get `features`",
        "likely",
        ("test_row_12_features_of_buildpack_apps", "test_row_12_given_features_stay"),
    ),
    Behaviour(
        "A region is chosen, and not written into the spec",
        "unknown: a switch",
        ("test_row_13_a_region_is_chosen_but_not_written",),
    ),
    Behaviour(
        "`instance_count` and `instance_size_slug` stay absent",
        "sources contradict each other: switches",
        ("test_rows_14_and_15_number_and_size_stay_absent",),
    ),
    Behaviour("`vpc.egress_ips` is the server's", "documented", ("test_row_16_addresses_of_a_vpc",)),
    Behaviour("`timeout` and `time_zone` stay as sent", "unknown", ("test_row_17_timeout_and_time_zone_stay",)),
    Behaviour(
        'false, 0, "" and [] are dropped; empty objects stay',
        "certain",
        ("test_row_18_zeros_are_dropped", "test_row_18_empty_objects_stay"),
    ),
    Behaviour("Nothing else is filled", "inferred from several clients", ("test_nothing_else_is_filled",)),
    Behaviour(
        "Everything else comes back as it was sent, in its order; a second time changes nothing",
        "near certain",
        ("test_everything_that_round_trips", "test_normalisation_is_idempotent", "test_the_sample_of_the_reference"),
    ),
    Behaviour(
        "An encrypted value that is sent again stays, wherever it moves within its app",
        "documented",
        ("test_an_encrypted_value_is_kept", "test_an_encrypted_value_may_move_within_its_app"),
    ),
    Behaviour(
        "A SECRET without a value becomes an encrypted empty text",
        "seen in exports",
        ("test_without_a_value_it_is_wiped", "test_an_empty_secret_has_63_characters"),
    ),
    Behaviour(
        "Encrypted values can't make an app, nor come from another app",
        "seen; the wording of the refusal is inferred",
        (
            "test_encrypted_values_cannot_make_an_app",
            "test_the_text_for_several_problems_has_indexes",
            "test_values_of_another_app_are_refused",
            "test_damaged_values_are_refused",
        ),
    ),
    Behaviour(
        "A GENERAL value becomes a secret when its type does",
        "documented; the way back is unknown",
        ("test_from_general_to_secret", "test_from_secret_to_general"),
    ),
    Behaviour(
        "References such as `${db.DATABASE_URL}` in a SECRET are encrypted like any value",
        "inferred",
        ("test_bindables_are_encrypted_like_any_value",),
    ),
    Behaviour("`propose` encrypts as well", "unknown", ("test_propose_encrypts",)),
)
