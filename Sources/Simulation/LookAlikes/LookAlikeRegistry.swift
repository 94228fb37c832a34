/// Every look-alike of the catalogue, in its order.
enum LookAlikeRegistry {
  static let all: [any Scenario.Type] = [
    H01NightlyBackup.self,
    H02BackupRerun.self,
    H03RestoreTest.self,
    H04MigrationWeekend.self,
    H05Reorganisation.self,
    H06Support.self,
    H07LateTicket.self,
    H08CampaignStart.self,
    H09MonthEnd.self,
    H10ContractEnd.self,
    H11OwnersFullList.self,
    H12NewSupervisor.self,
    H13Overtime.self,
    H14RenamedJob.self,
    H15Disclosure.self,
    H16QualityReviewer.self,
    H17Audit.self,
    H18RetryStorm.self,
    H19OutageCallOut.self,
    H20BulkImport.self,
  ]
}
