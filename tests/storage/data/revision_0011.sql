BEGIN TRANSACTION;
CREATE TABLE accounts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	messenger TEXT NOT NULL, 
	native_id TEXT NOT NULL, 
	person_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	username TEXT NOT NULL, 
	CONSTRAINT fk_accounts_person_id_people FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT uq_accounts_messenger_native_id UNIQUE (messenger, native_id)
);
INSERT INTO "accounts" VALUES(1,'telegram','11',1,'Anna Weber','anna');
INSERT INTO "accounts" VALUES(2,'matrix','@grace:test',2,'Grace Miller','');
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0011');
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	dialogue TEXT NOT NULL, 
	account TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	details TEXT NOT NULL
);
CREATE TABLE "chats" (
	id INTEGER NOT NULL, 
	messenger TEXT NOT NULL, 
	native_id TEXT NOT NULL, 
	topic TEXT NOT NULL, 
	dialogue_id INTEGER, 
	city_id INTEGER, 
	person_id INTEGER, 
	title TEXT NOT NULL, 
	locale TEXT, 
	zone TEXT, 
	closed TEXT NOT NULL, 
	leave_at DATETIME, 
	invited BOOLEAN NOT NULL, 
	encrypted BOOLEAN DEFAULT 0 NOT NULL, moved_from TEXT, moved_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_chats_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id), 
	CONSTRAINT fk_chats_city_id_cities FOREIGN KEY(city_id) REFERENCES cities (id), 
	CONSTRAINT uq_chats_messenger_native_id_topic UNIQUE (messenger, native_id, topic), 
	CONSTRAINT fk_chats_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
INSERT INTO "chats" VALUES(1,'telegram','-1001','',1,1,NULL,'',NULL,NULL,'',NULL,0,0,NULL,NULL);
INSERT INTO "chats" VALUES(2,'matrix','!indy:test','',1,2,NULL,'',NULL,NULL,'',NULL,0,0,NULL,NULL);
CREATE TABLE checkups (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	chat_id INTEGER NOT NULL, 
	dialogue_id INTEGER NOT NULL, 
	reply_native_id TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	CONSTRAINT fk_checkups_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT fk_checkups_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id)
);
CREATE TABLE cities (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	zone TEXT NOT NULL, skeleton TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT uq_cities_name UNIQUE (name)
);
INSERT INTO "cities" VALUES(1,'Köln','de_DE','Europe/Berlin','koln');
INSERT INTO "cities" VALUES(2,'Indianapolis','en_US','America/Indiana/Indianapolis','lndlanapolls');
CREATE TABLE codes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	purpose TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	account TEXT NOT NULL, 
	chat_id INTEGER NOT NULL, 
	city TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	claimed_by TEXT NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, confirmed_by TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT fk_codes_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT uq_codes_digest UNIQUE (digest)
);
CREATE TABLE copies (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	message_id INTEGER NOT NULL, 
	chat_id INTEGER NOT NULL, 
	part INTEGER NOT NULL, 
	native_id TEXT NOT NULL, 
	CONSTRAINT fk_copies_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT fk_copies_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id), 
	CONSTRAINT uq_copies_chat_id_native_id UNIQUE (chat_id, native_id), 
	CONSTRAINT uq_copies_message_id_chat_id_part UNIQUE (message_id, chat_id, part)
);
INSERT INTO "copies" VALUES(1,1,1,0,'-1001/13');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	newest BIGINT NOT NULL, 
	CONSTRAINT pk_counters PRIMARY KEY (name)
);
INSERT INTO "counters" VALUES('-1001',13);
CREATE TABLE cursors (
	account TEXT NOT NULL, 
	value TEXT NOT NULL, 
	moved_at DATETIME NOT NULL, 
	CONSTRAINT pk_cursors PRIMARY KEY (account)
);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	chat_id INTEGER NOT NULL, 
	lane TEXT NOT NULL, 
	message_id INTEGER, 
	part INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	token TEXT NOT NULL, 
	post JSON, 
	reply_message_id INTEGER, 
	reply_native_id TEXT, 
	"key" TEXT, 
	after_id TEXT, 
	attempts INTEGER NOT NULL, 
	error TEXT NOT NULL, 
	queued_at DATETIME NOT NULL, 
	tried_at DATETIME, 
	done_at DATETIME, person_id BIGINT DEFAULT '0' NOT NULL, turn BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_deliveries_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT fk_deliveries_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id), 
	CONSTRAINT fk_deliveries_reply_message_id_messages FOREIGN KEY(reply_message_id) REFERENCES messages (id), 
	CONSTRAINT uq_deliveries_token UNIQUE (token)
);
INSERT INTO "deliveries" VALUES(1,1,'telegram:-1001',1,0,'send','delivered','7e7fb87828ed6ed317ffdf9f',NULL,NULL,NULL,NULL,NULL,1,'','2026-11-25 09:00:00.000000','2026-11-25 09:00:00.000000','2026-11-25 09:00:00.000000',0,-1152921504606846976);
INSERT INTO "deliveries" VALUES(2,1,'telegram:-1001',2,0,'send','queued','78fa1facb6e9256a86bfaba8','{"text": ["Hello ", ["bold", "Anna"], " ", ["mention", "telegram:11", "Anna Weber"], ", ", ["link", "https://example.org", "here"], ["quote", false, "quoted"], ["moment", 1796137200, "1 December 2026, 3 p.m."]], "author": ["Grace Miller", "Indianapolis", "coordinator", "intercity-2-forwards", "forwards Tom (not verified)"], "mentions": ["telegram:11"]}',1,NULL,NULL,NULL,0,'','2026-11-25 09:00:00.000000',NULL,NULL,0,0);
INSERT INTO "deliveries" VALUES(3,1,'telegram:-1001',1,0,'replace','queued','8a2ad9ddb5ea1cc871ce0296','{"text": ["Good morning all"], "author": ["Grace Miller", "Indianapolis", "", "intercity-2", ""]}',NULL,NULL,NULL,NULL,0,'','2026-11-25 09:00:00.000000',NULL,NULL,0,10);
INSERT INTO "deliveries" VALUES(4,1,'telegram:-1001',3,0,'send','queued','c7f9b49081d2f978bd2013ce','{"text": ["Agreed?"], "buttons": [["yes", "\ud83d\udc4d", "agree:1"], ["no", "\ud83d\udc4e", "object:1"]]}',NULL,NULL,NULL,NULL,0,'','2026-11-25 09:00:00.000000',NULL,NULL,0,20);
INSERT INTO "deliveries" VALUES(5,1,'telegram:-1001',4,0,'send','failed','301d19538b0e41feabdffa86','{"text": ["Once more"], "author": ["Grace Miller", "Indianapolis", "", "intercity-2", ""]}',NULL,NULL,NULL,NULL,0,'the chat is closed','2026-11-25 09:00:00.000000',NULL,'2026-11-25 09:00:00.000000',0,30);
INSERT INTO "deliveries" VALUES(6,2,'matrix:!indy:test',5,0,'send','sending','e99579575cf61f3bbfe850c4','{"text": ["Guten Morgen"], "author": ["Anna Weber", "K\u00f6ln", "Koordinatorin", "intercity-1", ""]}',NULL,NULL,NULL,NULL,1,'','2026-11-25 09:00:00.000000','2026-11-25 09:00:00.000000',NULL,0,-1152921504606846976);
CREATE TABLE dialogue_cities (
	dialogue_id INTEGER NOT NULL, 
	city_id INTEGER NOT NULL, 
	CONSTRAINT pk_dialogue_cities PRIMARY KEY (dialogue_id, city_id), 
	CONSTRAINT fk_dialogue_cities_city_id_cities FOREIGN KEY(city_id) REFERENCES cities (id), 
	CONSTRAINT fk_dialogue_cities_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id)
);
INSERT INTO "dialogue_cities" VALUES(1,1);
INSERT INTO "dialogue_cities" VALUES(1,2);
CREATE TABLE dialogues (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	CONSTRAINT uq_dialogues_name UNIQUE (name)
);
INSERT INTO "dialogues" VALUES(1,'Köln – Indianapolis');
CREATE TABLE edits (
	chat_id INTEGER NOT NULL, 
	native_id TEXT NOT NULL, 
	message_id INTEGER NOT NULL, 
	CONSTRAINT pk_edits PRIMARY KEY (chat_id, native_id), 
	CONSTRAINT fk_edits_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT fk_edits_message_id_messages FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE TABLE guesses (
	account TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	wrong INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	locked_until DATETIME, 
	CONSTRAINT pk_guesses PRIMARY KEY (account, purpose)
);
CREATE TABLE inbox (
	account TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	received_at DATETIME NOT NULL, 
	CONSTRAINT pk_inbox PRIMARY KEY (account, event_id)
);
CREATE TABLE menus (
	account TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	language TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT pk_menus PRIMARY KEY (account, scope, language)
);
CREATE TABLE messages (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	dialogue_id INTEGER, 
	chat_id INTEGER, 
	native_id TEXT, 
	person_id INTEGER, 
	said_at DATETIME NOT NULL, 
	deleted_at DATETIME, 
	buttons JSON, digest TEXT, held JSON, 
	CONSTRAINT fk_messages_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id), 
	CONSTRAINT fk_messages_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id), 
	CONSTRAINT fk_messages_person_id_people FOREIGN KEY(person_id) REFERENCES people (id), 
	CONSTRAINT uq_messages_chat_id_native_id UNIQUE (chat_id, native_id)
);
INSERT INTO "messages" VALUES(1,1,2,'$one',2,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(2,1,2,'$two',2,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(3,NULL,NULL,NULL,NULL,'2026-11-25 09:00:00.000000',NULL,'{"\ud83d\udc4d": "agree:1", "\ud83d\udc4e": "object:1"}',NULL,NULL);
INSERT INTO "messages" VALUES(4,1,2,'$bad',2,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(5,1,1,'-1001/12',1,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
CREATE TABLE muted_chats (
	dialogue_id INTEGER NOT NULL, 
	chat TEXT NOT NULL, 
	muted_at DATETIME NOT NULL, 
	told_at DATETIME, 
	CONSTRAINT pk_muted_chats PRIMARY KEY (dialogue_id, chat), 
	CONSTRAINT fk_muted_chats_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id)
);
CREATE TABLE pairings (
	chat_id INTEGER NOT NULL, 
	account TEXT NOT NULL, 
	city TEXT NOT NULL, 
	locale TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	asked_at DATETIME NOT NULL, 
	CONSTRAINT pk_pairings PRIMARY KEY (chat_id), 
	CONSTRAINT fk_pairings_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id)
);
CREATE TABLE people (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	locale TEXT, 
	zone TEXT, 
	seen_at DATETIME NOT NULL
, guessed_locale TEXT, guessed_zone TEXT, dialogue_id BIGINT, linked JSON);
INSERT INTO "people" VALUES(1,'Anna Weber',NULL,NULL,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "people" VALUES(2,'Grace Miller',NULL,NULL,'2026-11-25 09:00:00.000000',NULL,NULL,NULL,NULL);
CREATE TABLE readiness (
	chat_id INTEGER NOT NULL, 
	due_at DATETIME NOT NULL, 
	told TEXT NOT NULL, 
	told_at DATETIME, 
	reminded BOOLEAN NOT NULL, 
	CONSTRAINT pk_readiness PRIMARY KEY (chat_id), 
	CONSTRAINT fk_readiness_chat_id_chats FOREIGN KEY(chat_id) REFERENCES chats (id)
);
CREATE TABLE roles (
	dialogue_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	city_id INTEGER NOT NULL, 
	role TEXT NOT NULL, appointed_at DATETIME, muted_at DATETIME, told_at DATETIME, 
	CONSTRAINT pk_roles PRIMARY KEY (dialogue_id, person_id), 
	CONSTRAINT fk_roles_city_id_cities FOREIGN KEY(city_id) REFERENCES cities (id), 
	CONSTRAINT fk_roles_dialogue_id_dialogues FOREIGN KEY(dialogue_id) REFERENCES dialogues (id), 
	CONSTRAINT fk_roles_person_id_people FOREIGN KEY(person_id) REFERENCES people (id)
);
CREATE INDEX ix_inbox_received_at ON inbox (received_at);
CREATE INDEX ix_accounts_person_id ON accounts (person_id);
CREATE INDEX ix_messages_said_at ON messages (said_at);
CREATE INDEX ix_deliveries_message_id ON deliveries (message_id);
CREATE INDEX ix_deliveries_queued_at ON deliveries (queued_at);
CREATE INDEX ix_chats_dialogue_id ON chats (dialogue_id);
CREATE INDEX ix_chats_person_id ON chats (person_id);
CREATE INDEX ix_codes_expires_at ON codes (expires_at);
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_edits_message_id ON edits (message_id);
CREATE INDEX ix_dialogue_cities_city_id ON dialogue_cities (city_id);
CREATE INDEX ix_people_seen_at ON people (seen_at);
CREATE INDEX ix_chats_city_id ON chats (city_id);
CREATE INDEX ix_roles_person_id ON roles (person_id);
CREATE INDEX ix_roles_city_id ON roles (city_id);
CREATE INDEX ix_codes_chat_id ON codes (chat_id);
CREATE INDEX ix_guesses_since ON guesses (since);
CREATE INDEX ix_pairings_asked_at ON pairings (asked_at);
CREATE INDEX ix_checkups_chat_id ON checkups (chat_id);
CREATE INDEX ix_checkups_dialogue_id ON checkups (dialogue_id);
CREATE INDEX ix_messages_dialogue_id ON messages (dialogue_id);
CREATE INDEX ix_messages_person_id ON messages (person_id);
CREATE INDEX ix_deliveries_reply_message_id ON deliveries (reply_message_id);
CREATE INDEX ix_deliveries_chat_id_state_id ON deliveries (chat_id, state, id);
CREATE INDEX ix_readiness_due_at ON readiness (due_at);
CREATE INDEX ix_chats_moved_from ON chats (moved_from);
CREATE INDEX ix_deliveries_open ON deliveries (lane, turn, id) WHERE state IN ('queued', 'sending');
CREATE INDEX ix_deliveries_shares ON deliveries (lane, person_id, turn) WHERE state IN ('queued', 'sending');
CREATE UNIQUE INDEX ix_cities_skeleton ON cities (skeleton);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('cities',2);
INSERT INTO "sqlite_sequence" VALUES('dialogues',1);
INSERT INTO "sqlite_sequence" VALUES('people',2);
INSERT INTO "sqlite_sequence" VALUES('accounts',2);
INSERT INTO "sqlite_sequence" VALUES('messages',5);
INSERT INTO "sqlite_sequence" VALUES('deliveries',6);
INSERT INTO "sqlite_sequence" VALUES('copies',1);
COMMIT;
