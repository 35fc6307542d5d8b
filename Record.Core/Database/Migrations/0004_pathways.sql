-- Pathway clocks: what a rule says of each event that starts it, in each reading. Worked out from the record; never the truth itself.

create table record.pathway_clock (
    rule text collate "C" not null,
    rule_version integer not null,
    reading text collate "C" not null,
    encounter text collate "C" not null,
    person uuid not null,
    patient text collate "C" not null,
    team text collate "C",
    organisation text collate "C" not null,
    started_at timestamptz not null,
    due_at timestamptz,
    closed_at timestamptz,
    closed_by text collate "C",
    outcome text collate "C" not null
        check (outcome in ('not-due', 'at-risk', 'breached-open', 'met', 'closed-late', 'excluded', 'not-assessable')),
    reason text,
    simulated boolean not null,
    evaluated_at timestamptz not null,
    next_at timestamptz, -- when time alone changes the outcome
    primary key (rule, reading, encounter),
    check ((outcome in ('met', 'closed-late')) = (closed_at is not null)),
    check (outcome not in ('excluded', 'not-assessable') or reason is not null)
);
create index pathway_clock_due on record.pathway_clock (next_at) where next_at is not null;
create index pathway_clock_of_person on record.pathway_clock (person);

grant select, insert, update, delete on record.pathway_clock to record_worker;
grant select on record.pathway_clock to record_api;
