import {
  type CmCard,
  type CmCertificate,
  type CmRequest,
  type CmTemplate,
  EMPTY_GUID,
} from './records.ts';

/** What the answers look like: names in Pascal case, enumerations as numbers. */

/** Milliseconds since 1970 as .NET writes them: no zeros at the end of a fraction. */
function dateTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return text.replace(/(\.\d*?)0+Z$/, '$1Z').replace('.Z', 'Z');
}

/** The first moment of all, without a zone: how the samples write "not yet". */
const UNSET_TIME = '0001-01-01T00:00:00';

/** Bits of Flags; the second is documented in samples only. */
const FLAG_ENROLLMENT_AGENT = 1;
const FLAG_SMARTCARD = 2;
/** As every sample has them; what they mean is documented nowhere. */
const DATA_COLLECTION_FLAGS = 32;
const SECURITY_DESCRIPTOR = 'O:S-1-5-21-1-2-3-1001D:(A;;RC;;;WD)';

export function requestBody(request: CmRequest) {
  const isAgents = request.originatorId !== request.targetId;
  const { dataCollection } = request;
  return {
    Uuid: request.id,
    RequestType: request.type,
    Status: request.status,
    Flags: FLAG_SMARTCARD | (isAgents ? FLAG_ENROLLMENT_AGENT : 0),
    DataCollection: dataCollection,
    DataCollectionFlags: DATA_COLLECTION_FLAGS,
    OriginatorUserUuid: request.originatorId,
    TargetUserUuid: request.targetId,
    Submitted: dateTime(request.submittedAt),
    Completed: request.completedAt === null ? UNSET_TIME : dateTime(request.completedAt),
    NewProfileUuid: request.newProfileId,
    OldProfileUuid: request.oldProfileId,
    NewSmartcardUuid: request.newCardId,
    OldSmartcardUuid: request.oldCardId,
    Priority: request.priority,
    Comment: request.comment,
    ProfileTemplateUuid: request.templateId,
    SecurityDescriptor: SECURITY_DESCRIPTOR,
    IsSmartcard: true,
    IsEnrollmentAgent: isAgents,
    // The samples say false of a collection with nothing to collect.
    IsDataCollectionComplete:
      dataCollection.length > 0 && dataCollection.every(({ Value }) => Value !== null),
  };
}

/** "Primary", the only kind of card here. */
const FLAG_PRIMARY = 1;

export function cardBody(card: CmCard, templates: readonly CmTemplate[]) {
  const template = templates.find(({ id }) => id === card.templateId);
  return {
    Uuid: card.id,
    Status: card.status,
    Flags: FLAG_PRIMARY,
    ParentSmartcardUuid: EMPTY_GUID,
    PrimarySmartcardUuid: EMPTY_GUID,
    PermanentSmartcardUuid: EMPTY_GUID,
    AssignedUserUuid: card.userId,
    ProfileTemplateUuid: card.templateId,
    ProfileTemplateVersion: template?.version ?? 0,
    Comment: '',
    // The card's own CardId, in braces; the chip's serial number is another thing.
    SerialNumber: `{${card.cardId}}`,
    Middleware: 'MSBaseCSP',
    Atr: card.atr,
  };
}

export function templateBody(template: CmTemplate) {
  return {
    Name: template.name,
    Description: template.description,
    Uuid: template.id,
    IsSmartcardProfileTemplate: true,
    IsVirtualSmartcardProfileTemplate: false,
  };
}

/** @param isEnabled whether requests of this type can be made here */
export function policyBody(template: CmTemplate, isEnabled: boolean) {
  return {
    ApprovalsNeeded: template.approvalsNeeded,
    AuthorizedApprover: '',
    AuthorizedEnrollmentAgent: '',
    AuthorizedInitiator: '',
    CollectComments: false,
    CollectRequestPriority: false,
    DefaultRequestPriority: 0,
    Documents: [],
    Enabled: isEnabled,
    EnrollAgentRequired: false,
    OneTimePasswordPolicy: null,
    Personalization: null,
    PolicyDataCollection: [],
    SelfServiceEnabled: true,
  };
}

export const MAX_CERTIFICATES = 10;

export function configurationBody(template: CmTemplate) {
  return {
    DefaultAdminKeyHex: template.defaultAdminKeyHex,
    DiversifyAdminKey: template.diversifyAdminKey,
    UserPinOption: template.userPinOption,
    AdminPinPolicy: null,
    AllowSmartcardReuse: true,
    CardInitializationData: '',
    CardInitializationType: '',
    CertificateLabel: '{User}',
    DoNotInstallCaCertificates: false,
    EraseOnOverflow: false,
    InitializeNewSmartcard: true,
    MaxNumberOfCertificates: MAX_CERTIFICATES,
  };
}

export const TEMPLATE_COMMON_NAME = 'EmuTokenLogon';
const CERTIFICATE_TYPE = 1;

export function certificateBody(certificate: CmCertificate) {
  return {
    IsKeyHistory: false,
    ArchivedOnCa: false,
    CertificateType: CERTIFICATE_TYPE,
    TemplateCommonName: TEMPLATE_COMMON_NAME,
    SerialNumber: certificate.serialNumber,
    Thumbprint: certificate.thumbprint,
  };
}

/** A certificate in the list of all that a user has. */
export function userCertificateBody(certificate: CmCertificate, requesterName: string) {
  return {
    ...certificateBody(certificate),
    NotBefore: dateTime(certificate.notBefore),
    NotAfter: dateTime(certificate.notAfter),
    Issuer: 'CN=oathfob emulator',
    RequesterName: requesterName,
    Status: 0,
  };
}
