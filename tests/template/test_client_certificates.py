"""The domain for client certificates: there where it is asked for, and never without its authorities."""

from typing import Any

import pytest

type Json = dict[str, Any]

ASKED_FOR = {"Condition": "TakesClientCertificates"}


def test_there_is_no_such_domain_unless_it_is_named(written: Json) -> None:
    for name in ("CertificateDomain", "CertificateDomainMapping"):
        assert written["Resources"][name]["Condition"] == ASKED_FOR["Condition"]
    assert written["Parameters"]["CertificateCallersDomain"]["Default"] == ""
    assert written["Conditions"]["TakesClientCertificates"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "CertificateCallersDomain"}, ""]}]
    }


@pytest.mark.parametrize(
    "needed", ["CertificateCallersDomainArn", "TruststoreUri", "TruststoreVersion"]
)
def test_a_domain_without_its_authorities_is_no_deployment(written: Json, needed: str) -> None:
    rule = written["Rules"]["ClientCertificatesAreOfNamedAuthorities"]

    assert rule["RuleCondition"] == written["Conditions"]["TakesClientCertificates"]
    wanted = {"Fn::Not": [{"Fn::Equals": [{"Ref": needed}, ""]}]}
    assert wanted in [assertion["Assert"] for assertion in rule["Assertions"]]


def test_the_domain_takes_certificates_of_those_authorities_alone(written: Json) -> None:
    domain = written["Resources"]["CertificateDomain"]["Properties"]

    assert domain["MutualTlsAuthentication"] == {
        "TruststoreUri": {"Ref": "TruststoreUri"},
        "TruststoreVersion": {"Ref": "TruststoreVersion"},
    }
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_it_leads_to_the_same_api_and_stage(written: Json) -> None:
    mapping = written["Resources"]["CertificateDomainMapping"]["Properties"]

    assert mapping["RestApiId"] == {"Ref": "Api"}
    assert mapping["Stage"] == {"Ref": "Api.Stage"}
    assert "BasePath" not in mapping  # a proof's or a caller's address is the path alone


def test_the_bank_has_a_certificate_only_where_there_is_a_domain_for_it(written: Json) -> None:
    rule = written["Rules"]["TheBankHasADomainForItsCertificate"]

    [assertion] = rule["Assertions"]
    assert assertion["Assert"] == written["Conditions"]["TakesClientCertificates"]
    assert written["Parameters"]["BankCertificateThumbprints"]["Default"] == ""


def test_functions_that_know_the_banks_client_know_its_certificates(written: Json) -> None:
    for resource in written["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            variables = resource["Properties"]["Environment"]["Variables"]
            named = {"Ref": "BankCertificateThumbprints"} if "LIVE_MACHINES" in variables else None
            assert variables.get("MACHINE_CERTIFICATES") == named
