"""The command line ``attesto``: what an operator and a certification body do with a registry.

Nothing heavy is imported here: a command's module is read when the command is called.
"""

import click

from registry.cli.lazy import Lazy, LazyGroup

_EPILOG = """
Every command but serve takes --json, for programs; every one takes --help, and its examples come with it.

Exit codes: 0 done; 1 the decision is refused, or a check failed; 2 a usage, input or setting that is none;
3 an audit found something; 4 something could not be had.
"""


@click.group(
    cls=LazyGroup,
    epilog=_EPILOG,
    lazy={
        "Begin": (
            Lazy("init", "registry.cli.init:init", "Make a registry in a folder."),
            Lazy("demo", "registry.cli.demo:demo", "Build a demonstration registry, and serve it."),
            Lazy("serve", "registry.cli.serve:serve_command", "Serve the page, the public files and the API; publish."),
        ),
        "Register": (
            Lazy("body", "registry.cli.body:body", "Certification bodies and their accreditations."),
            Lazy("key", "registry.cli.key:key", "The bodies' keys: propose, rotate, declare compromised."),
            Lazy("token", "registry.cli.token:token", "The tokens with which bodies decide over HTTP."),
            Lazy("scheme", "registry.cli.scheme:scheme", "Scheme editions: check, publish, close, withdraw."),
        ),
        "Certify": (
            Lazy("grant", "registry.cli.grant:grant", "Certify the people of a CSV file."),
            Lazy("adopt", "registry.cli.adopt:adopt", "Take in certificates of before the registry, from a CSV file."),
            Lazy("transfer", "registry.cli.transfer:transfer", "Hand a certification over to another body."),
            Lazy("confirm", "registry.cli.decisions:confirm", "Confirm a certification inside its cycle."),
            Lazy("refuse", "registry.cli.review:refuse", "Refuse to confirm a certification; its status stays."),
            Lazy("extend", "registry.cli.review:extend", "Extend the scope that was reduced."),
            Lazy("reduce", "registry.cli.review:reduce", "Reduce the scope to some of the profile's tasks."),
            Lazy("suspend", "registry.cli.decisions:suspend", "Suspend a certification, with a deadline."),
            Lazy("prolong", "registry.cli.review:prolong", "Give a suspension a later deadline."),
            Lazy("reinstate", "registry.cli.decisions:reinstate", "Lift a suspension."),
            Lazy("withdraw", "registry.cli.decisions:withdraw", "Withdraw a certification, for ever."),
            Lazy("relinquish", "registry.cli.decisions:relinquish", "Record that the person gives it up."),
            Lazy("annul", "registry.cli.review:annul", "Annul a certification, from the start."),
            Lazy("appeal", "registry.cli.review:appeal", "Uphold an appeal: a decision is reversed."),
            Lazy("recertify", "registry.cli.decisions:recertify", "Begin a new cycle."),
            Lazy("correct", "registry.cli.review:correct", "Correct the document's name or birth, and issue it anew."),
            Lazy("reissue", "registry.cli.decisions:reissue", "Issue the document anew; the one before is superseded."),
            Lazy("erase", "registry.cli.erase:erase", "Erase a certified person's data, for ever."),
            Lazy("home", "registry.cli.home:home", "A body's keys at its home, and signing there."),
            Lazy("submit", "registry.cli.submit:submit", "Submit what a body signed at home."),
            Lazy("exam", "registry.cli.exam:exam", "Exam sessions: record, invalidate, annul what rests on one."),
            Lazy("evidence", "registry.cli.evidence:evidence", "Evidence received for maintenance."),
            Lazy("due", "registry.cli.due:due", "What waits for a decision: maintenance, suspensions."),
            Lazy("show", "registry.cli.show:show", "A certification's status today, and its history."),
            Lazy("certificate", "registry.cli.certificate:certificate", "Write the document: PDF, or the code alone."),
        ),
        "Publish and check": (
            Lazy("publish", "registry.cli.publish:publish", "Log a snapshot, and write the public files."),
            Lazy("rebuild", "registry.cli.rebuild:rebuild", "Drop the projection and make it anew."),
            Lazy("audit", "registry.cli.audit:audit", "Replay everything from the public files alone."),
            Lazy("doctor", "registry.cli.doctor:doctor", "Find out what is wrong with a registry, and what to do."),
            Lazy("log", "registry.cli.log:log", "The log's head, after its guard was lost."),
        ),
    },
)
@click.version_option(package_name="attesto", prog_name="attesto", message="%(prog)s %(version)s")
def main() -> None:
    """Keep a registry of certifications that cannot cheat.

    A first try, with made-up people, served on http://127.0.0.1:8000:
        attesto demo ./demo

    A registry of one's own:
        attesto init ./registry --origin registry.example.org/log --address https://registry.example.org
        attesto scheme publish ./registry schemes/demo-2026.json
        attesto body add ./registry odc-uno --name "OdC Uno S.r.l." --website https://odc-uno.example
        attesto body accredit ./registry odc-uno --scheme demo --number 123A --source "Accredia, 24 Nov 2026"
        attesto grant ./registry people.csv --body odc-uno --edition demo-2026
        attesto publish ./registry
    """
