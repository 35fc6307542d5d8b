-- Encrypts the places of search pages, so that a link to the next page shows nothing; the same in every instance and after a restart.
create table record.page_key (key bytea not null);
insert into record.page_key select sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
grant select on record.page_key to record_api, record_worker;
