package orders;

import com.amazonaws.services.simpleworkflow.flow.core.Promise;

public class TallyWorkflowImpl implements TallyWorkflow {
    private static final int GRAMS = 100;

    private final OrderActivitiesClient activities = new OrderActivitiesClient();
    private final TallyWorkflowSelfClient self = new TallyWorkflowSelfClient();

    @Override
    public Promise<Integer> tally(int parcels, int sum) {
        Promise<Integer> added = activities.add(sum, parcels * GRAMS);
        if (parcels > 1) {
            self.tally(parcels - 1, added);
        }
        return added;
    }
}
